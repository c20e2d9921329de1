"""Every notice in one language as it arrives: the push with its answers, the text message, what a tap opens."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from content.kinds import NOTICES, VARIANTS
from content.parts import Value
from core.ids import new_id
from core.languages import LANGUAGES
from messaging import answers, segments
from messaging.channel import Outgoing
from messaging.dispatch import Route
from scheduler.queue.bundles import Bundle
from scheduler.queue.claims import Claimed
from scheduler.sending import pushes
from tests.content.golden import opened
from tests.content.golden.example import EXAMPLES, HOUSE, TEXTS
from tests.scheduler.holding import claimed

FOLDER = Path(__file__).parent

NOW = datetime(2027, 1, 5, 9, tzinfo=UTC)

_SHOWN = {"telegram": Route(new_id(), "telegram", "bubble"), "sms": Route(new_id(), "sms", "sms")}

#: Units that count, and numbers that show their forms.
_COUNTED = {"week": (1, 2, 3, 11), "work": (1, 2, 3, 11)}
_SEVERAL = (2, 3, 11)


def file_of(language: str) -> Path:
    """Where the golden text of a language stands."""
    return FOLDER / f"{language}.txt"


def text(language: str) -> str:
    """The whole of it; equal sayings stand once, below all the notices that say them."""
    heads: dict[str, list[str]] = {}
    for head, bundle, shared in _bundles():
        said = "\n".join(_said(language, bundle, shared=shared))
        heads.setdefault(said, []).append(head)
    for head, body in opened.texts(language):
        heads.setdefault(body, []).append(head)
    title = (
        f"{LANGUAGES[language].dutch_name}: alles wat {language} zegt. Opnieuw maken: python -m tests.content.golden"
    )
    blocks = ["\n".join([*(f"== {head}" for head in names), said]) for said, names in heads.items()]
    return "\n\n".join([title, *blocks]) + "\n"


def push(language: str, kind: str, step: str, *, channel: str = "telegram", dawn: bool = False) -> Outgoing:
    """One notice as a message of a channel."""
    bundle = Bundle(lead=_notice(kind, step))
    return pushes.push(TEXTS, HOUSE, bundle, [language], _SHOWN[channel], shared=False, dawn=dawn)[0]


def _bundles() -> Iterator[tuple[str, Bundle, bool]]:
    for (kind, step), found in NOTICES.items():
        for unit in dict.fromkeys((found.unit, *VARIANTS.get(found.unit, ()))):
            if unit == "appointment.several":
                yield from _several()
                continue
            for count in _COUNTED.get(unit, (3,)):
                lead = _notice(kind, step, unit=None if unit == found.unit else unit, count=count)
                more = f", {count}" if unit in _COUNTED else ""
                yield f"{kind} {step or '-'} ({unit}{more})", Bundle(lead=lead), False
    day = _notice("appointment", "day")
    yield "appointment day, nog een keer na twijfel", Bundle(lead=day._replace(again=True)), False
    yield "alles op een gedeelde telefoon", Bundle(lead=day), True
    other = _notice("workshop", "changed", day=EXAMPLES["second_day"], time=EXAMPLES["second_time"])
    yield "twee dingen tegelijk, andere dag", Bundle(lead=day, joined=(other,)), False
    yield "twee dingen tegelijk, zelfde dag", Bundle(lead=day, joined=(_notice("workshop", "changed"),)), False


def _several() -> Iterator[tuple[str, Bundle, bool]]:
    for count in _SEVERAL:
        joined = tuple(_notice("appointment", "announced") for _ in range(count - 1))
        bundle = Bundle(lead=_notice("appointment", "announced"), joined=joined)
        yield f"appointment announced (appointment.several, {count})", bundle, False


def _notice(kind: str, step: str, *, unit: str | None = None, **values: Value) -> Claimed:
    source = "workshop_session" if kind == "workshop" else kind
    return claimed(kind, step, source_kind=source, unit=unit, values={**EXAMPLES, **values})


def _said(language: str, bundle: Bundle, *, shared: bool) -> Iterator[str]:
    app, sms = (
        pushes.push(TEXTS, HOUSE, bundle, [language], _SHOWN[channel], shared=shared)[0]
        for channel in ("telegram", "sms")
    )
    yield app.text
    yield opened.labels([button.label for button in app.buttons])
    short = answers.as_sms(sms.text, sms.buttons)
    counted = segments.count(short)
    yield f"-- sms: {counted.segments} x {counted.encoding}, {counted.units}"
    yield short
