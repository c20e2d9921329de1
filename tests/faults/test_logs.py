"""G17: what real processes say at DEBUG while much goes wrong, searched for everything that is somebody's."""

import re

from core.values import PersonName
from tests.fakes.faults import CUT, HTML, LOST, RESET, TRUNCATED, broken, refuse, throttle
from tests.fakes.telegram import TOKEN, tap_update, text_update
from tests.fakes.twilio import TOKEN as TWILIO_TOKEN
from tests.fakes.twilio import message_fields
from tests.faults.conftest import Size, sizes
from tests.faults.door import MESSAGES, SECRET, TELEGRAM, doors
from tests.faults.house import KEYS, House
from tests.faults.processes import until
from tests.faults.provider import Provider

TYPED, NUMBER, CODE = "Kanarie heeft een vraag", "612345678", "kanarie-code-7QXZ"

#: No hex id or timestamp looks like a chat of the house: six digits between what is no digit or letter.
CHATS = re.compile(r"(?<![\w.:-])(?:10\d{4}|63\d{4})(?![\w:-])")


@sizes(Size(messages=150, kills=0), Size(messages=10_000, kills=0))
async def test_nothing_of_anybody_is_in_a_log(house: House, provider: Provider, size: Size) -> None:
    money = await house.people(size.messages // 3)
    await house.plan(money, "leefgeld", "paid")
    await house.plan(await house.people(size.messages // 3), "appointment", "day")
    await house.plan(await house.people(size.messages // 3))
    says = f"Bad Request: {PersonName('Kanarie').reveal()} {NUMBER}"
    gone = refuse(403, "Forbidden: bot was blocked by the user")
    await provider.script(LOST, TRUNCATED, HTML, RESET, CUT, broken(502), refuse(400, says), gone, throttle(1))
    async with doors(house, "bot", "worker", "timers", aloud=True) as opened:
        for number in range(10):
            await opened.update(text_update(number, 630_000 + number, TYPED))
            await opened.update(text_update(100 + number, 630_000 + number, f"/start {CODE}"))
            await opened.update(tap_update(200 + number, 630_000 + number, "agenda.open"))
            await opened.form(MESSAGES, message_fields(f"SM{number}", f"+31{NUMBER}", TYPED))
        await opened.post(TELEGRAM, {}, TYPED.encode())
        await opened.form(MESSAGES, {"Body": TYPED, "From": f"+31{NUMBER}"})
        await until(house.settled, 60 + size.messages / 20, "everything came to its end", every=0.2)
        assert opened.process.alive, opened.process.said
        said = opened.process.said.casefold()

    assert '"level"' in said, "nothing is heard"
    secrets = (TOKEN, TWILIO_TOKEN, SECRET, *KEYS.values())
    texts = {line.text.splitlines()[0] for line in await provider.messages() if line.text}
    canaries = (TYPED, "Kanarie", NUMBER, CODE, "Voorbeeld", *secrets, *texts)
    assert [canary for canary in canaries if canary.casefold() in said] == []
    assert [chat for chat in CHATS.findall(said) if chat in house.chats.values() or chat[:2] == "63"] == []
