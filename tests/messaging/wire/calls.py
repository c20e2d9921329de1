"""One call over the wire, and what the server heard."""

import pytest

from messaging.channel import SendError
from messaging.wire import Answer, Deadline, Wire
from tests.fakes.raw import RawServer

SECRET = "1000:geheim"

#: The Bot API said yes.
YES = b'{"ok": true}'


async def post(wire: Wire, server: RawServer) -> Answer:
    async with Deadline(5):
        return await wire.post(f"{server.url}/bot{SECRET}/sendMessage", json_body={"text": "ዝኾነ ጽሑፍ"})


async def failure(wire: Wire, server: RawServer) -> SendError:
    with pytest.raises(SendError) as failed:
        await post(wire, server)
    return failed.value


def lines(server: RawServer) -> list[int]:
    return [heard.line for heard in server.heard]
