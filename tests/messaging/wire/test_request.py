"""What stands on the line when we call."""

import pytest

from messaging.channel import SendError
from messaging.wire import Wire
from tests.fakes.raw import RawServer
from tests.messaging.wire.calls import SECRET, post


class TestRequest:
    async def test_a_post_as_it_stands_on_the_line(self, wire: Wire, server: RawServer) -> None:
        await post(wire, server)

        (heard,) = server.heard
        assert heard.head.split("\r\n") == [
            f"POST /bot{SECRET}/sendMessage HTTP/1.1",
            f"Host: 127.0.0.1:{server.port}",
            "User-Agent: pim-welkom",
            "Accept: */*",
            "Accept-Encoding: identity",
            "Content-Type: application/json",
            f"Content-Length: {len(heard.body)}",
            "",
            "",
        ]
        assert heard.body.decode() == '{"text":"ዝኾነ ጽሑፍ"}'

    async def test_a_form_a_query_and_a_removal(self, server: RawServer) -> None:
        wire = Wire(authorization="Basic abc")
        await wire.post(f"{server.url}/M.json", form={"To": "+316", "Body": "a\ud800 &="})
        await wire.get(f"{server.url}/M.json", {"To": "+316", "é": "1"})
        await wire.delete(f"{server.url}/M/1.json")
        await wire.close()

        assert server.heard[0].body == b"To=%2B316&Body=a%3F+%26%3D"
        firsts = [heard.head.split("\r\n")[0] for heard in server.heard]
        assert firsts[1:] == ["GET /M.json?To=%2B316&%C3%A9=1 HTTP/1.1", "DELETE /M/1.json HTTP/1.1"]
        assert all("Authorization: Basic abc\r\n" in heard.head for heard in server.heard)

    async def test_a_large_one(self, wire: Wire, server: RawServer) -> None:
        await wire.post(f"{server.url}/x", json_body={"text": "x" * 3_000_000})

        assert len(server.heard[0].body) > 3_000_000

    @pytest.mark.parametrize(
        "url", ["ftp://x/", "http:///x", "nonsense", "http://x:port/", "http://" + "a" * 70, "http://a..b/"]
    )
    async def test_what_is_no_address_is_not_reached(self, wire: Wire, url: str) -> None:
        with pytest.raises(SendError, match="pause: not_reached"):
            await wire.get(url)

    async def test_no_address_adds_a_line(self, wire: Wire, server: RawServer) -> None:
        await wire.get(f"{server.url}/a b\r\nX: é")

        assert server.heard[0].head.startswith("GET /a%20bX:%20%C3%A9 HTTP/1.1\r\nHost:")

    async def test_a_line_break_in_the_key_goes_nowhere(self, server: RawServer) -> None:
        with pytest.raises(SendError, match="not_reached"):
            await Wire(authorization="Basic a\r\nX: y").get(server.url)

        assert not server.heard
