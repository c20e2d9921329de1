"""How news looks before it goes: word for word on each channel, to how many, at what cost, what may deceive in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import speech
from bot.console import fallbacks, page, reasons, words
from bot.console.desk import Visit
from bot.console.fallbacks import Notice
from bot.scene import part
from bot.scenes import updates as reading
from content import render
from content.bubble import Bubble
from content.kinds import NOTICES
from content.parts import Part
from content.updates import audience, suspicion
from content.updates.news import News, Story
from core.tables.texts import Broadcast
from messaging import segments
from scheduler.news import forecast
from scheduler.queue import mailing
from scheduler.sending.outlook import Going, Pile

_CENT = 10_000  #: millionths of a euro


@dataclass(frozen=True, kw_only=True)
class Bit:
    """A piece of a text; `why` says what may deceive in it, empty where nothing does."""

    text: str
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One message with its buttons: the reader's language, and the Dutch below it."""

    own: str
    below: str
    bubble: Bubble


@dataclass(frozen=True, kw_only=True)
class Looks:
    """What somebody sees: the push, what opens, and what a text message says instead."""

    push: Shown
    opened: Shown
    sms: Shown
    sms_segments: int


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One channel's share; a small count is not shown, and no sum that would tell it."""

    name: str
    people: str
    each: str  #: what one message costs
    total: str
    leaves: datetime | None  #: wall time of the last


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """People who want news in this language and don't get it."""

    people: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """All that is known before sending."""

    looks: Looks
    people: str  #: who gets it, in all
    channels: tuple[Channel, ...]
    left_out: tuple[LeftOut, ...]
    fallbacks: tuple[Notice, ...]  #: who hears it in another language than the own one


async def preview(visit: Visit, story: Story, found: News, broadcast: Broadcast | None) -> Preview:
    """As if every language of it were approved now."""
    due = broadcast.due if broadcast is not None and broadcast.state == "planned" else _due(visit, found)
    seen = await forecast.of_version(
        *(visit.session, visit.now, visit.settings, visit.desk.texts(), story, found), due=due
    )
    piles = sorted(seen.piles.items(), key=lambda row: -row[1].count)
    left_out = [
        LeftOut(people=_people(pile.count), why=reasons.words(going.why)) for going, pile in piles if not going.channel
    ]
    if not found.corrects:
        never = (await audience.audience_count(visit.session, visit.now, found.wanted_circle)).without_consent
        if never:
            left_out.append(LeftOut(people=_people(never), why="Wil geen nieuws, of zei nog geen ja."))
    return Preview(
        looks=looks(visit, found),
        people=_total([_count(name, piles) for name in words.CHANNELS if _on(name, piles)]),
        channels=tuple(_channel(visit, name, piles) for name in words.CHANNELS if _on(name, piles)),
        left_out=tuple(left_out),
        fallbacks=tuple(await fallbacks.of_news(visit, found, forecast.hearers(visit.now, story, found))),
    )


def _due(visit: Visit, found: News) -> datetime:
    undo = visit.now + timedelta(seconds=visit.settings.undo_seconds)
    return max(undo, found.update.send_at or undo)


def _on(name: str, piles: "list[tuple[Going, Pile]]") -> list[Pile]:
    return [pile for going, pile in piles if going.channel == name]


def _channel(visit: Visit, name: str, piles: "list[tuple[Going, Pile]]") -> Channel:
    whole = Pile()
    for pile in _on(name, piles):
        whole.count, whole.segments = whole.count + pile.count, whole.segments + pile.segments
        whole.microeuro += pile.microeuro
        whole.leaves = max(filter(None, (whole.leaves, pile.leaves)), default=None)
    many = whole.count >= audience.SMALLEST_SHOWN
    each = _cost(round(whole.segments / whole.count), round(whole.microeuro / whole.count))
    return Channel(
        name=words.CHANNELS[name],
        people=_people(whole.count),
        each=each,
        total=_cost(whole.segments, whole.microeuro) if many else "",
        leaves=page.local(whole.leaves, visit) if whole.leaves else None,
    )


def _cost(parts: int, microeuro: int) -> str:
    """`12 sms-delen, € 1,20`."""
    sms = f"{words.of_number(parts, 'sms-deel', 'sms-delen')}, " if parts else ""
    # Whole cents, rounded up: half a cent is not nothing.
    return f"{sms}{page.euro(-(-microeuro // _CENT))}"


def _count(name: str, piles: "list[tuple[Going, Pile]]") -> int:
    return sum(pile.count for pile in _on(name, piles))


def _total(counts: list[int]) -> str:
    """All together; a range where the rows that are shown would tell the only ones that aren't."""
    small = [count for count in counts if count < audience.SMALLEST_SHOWN]
    shown = sum(counts) - sum(small)
    if not shown or not 0 < sum(small) < audience.SMALLEST_SHOWN:
        return _people(sum(counts))
    return f"{shown + len(small)} tot {shown + len(small) * (audience.SMALLEST_SHOWN - 1)} mensen"


def _people(count: int) -> str:
    return "1 mens" if count == 1 and audience.SMALLEST_SHOWN <= 1 else f"{audience.shown(count)} mensen"


def looks(visit: Visit, found: News) -> Looks:
    """Word for word, as the person's phone would show it; every marked word stands in it too."""
    texts, languages = visit.desk.texts(), (found.text.language,)

    def filled(one: Part) -> Part:
        return speech.filled(one, visit.settings)

    said = reading.said(found, corrected=found.corrects)
    parts, dutch = ([filled(one) for one in some] for some in (said.parts, said.dutch))
    below = NOTICES[mailing.KIND, mailing.CHANGED if found.corrects else ""].choices
    sms = render.sms(texts, languages, filled(part("message", "sms")))
    push = render.bubble(texts, languages, [filled(part("message", "push"))], below, echo=False)
    alone = render.bubble(texts, languages, parts, said.choices, echo=False)
    opened = render.bubble(texts, languages, parts, said.choices, echo=said.echo, dutch=dutch)
    return Looks(
        push=_shown(push, push),
        opened=_shown(opened, alone),
        sms=_shown(sms, sms),
        sms_segments=segments.count(sms.text).segments,
    )


def _shown(whole: Bubble, alone: Bubble) -> Shown:
    """A message as it is sent; `alone` is the same without the Dutch below it."""
    return Shown(own=alone.text, below=whole.text.removeprefix(alone.text).lstrip("\n"), bubble=whole)


def bits(text: str, language: str) -> list[Bit]:
    """The text with every place marked that may deceive whoever reads it; a mark nobody sees becomes a box."""
    found, at = [], 0
    for trick in suspicion.tricks(text, language):
        if trick.start < at:
            continue
        found.append(Bit(text=text[at : trick.start]))
        seen = text[trick.start : trick.end]
        found.append(Bit(text=seen if seen.isprintable() else "▯", why=trick.why))
        at = trick.end
    return [bit for bit in (*found, Bit(text=text[at:])) if bit.text]
