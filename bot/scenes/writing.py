"""A rolmodel writes news in her own language, one question at a time. From her first words on it is a draft in the
database, so she may stop anywhere, and finds it again behind the same button."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from bot.scene import Answer, Say, Turn, button, part
from bot.scenes import menu, review
from content import media, updates, values
from content.approvals import NotFound, Refused
from content.audience import SMALLEST_SHOWN, audience_count
from content.parts import Choice, Part, Word
from content.updates import News
from core.ids import from_short, short
from core.languages import LANGUAGES, SOURCE
from core.tables.people import Account

_SUNDAY = 6
_TWO_WEEKS = timedelta(days=14)

#: Days that can be tapped, from today on; others are typed.
_DAYS = 7

#: Letters of a place.
_LONGEST_PLACE = 120

_TYPED_DAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{4}))?")

_Then = Callable[[Turn, Account, News], Awaitable[list[Say]]]


async def _write(turn: Turn, argument: str) -> list[Say]:
    account = review.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    draft = await updates.unfinished(turn.session, account)
    if draft is not None and draft.update.ends_on >= turn.today:
        return await _preview(turn, account, draft)
    return [_asked_for_words(turn, _language(turn, account))]


def _asked_for_words(turn: Turn, language: str, **draft: str) -> Say:
    turn.stay("rolmodel", step="write", language=language, **draft)
    return Say(parts=(part("rolmodel", "write", language=LANGUAGES[language].own_name),), fresh=True)


def _language(turn: Turn, account: Account) -> str:
    """The one she speaks that stands first in her own list."""
    spoken = [code for code in turn.languages if code in account.languages] or account.languages
    return next((code for code in spoken if code != SOURCE), SOURCE)


async def hear(turn: Turn, account: Account, text: str) -> list[Say] | None:
    """What she typed, as an answer to the last question; None where none was asked."""
    asked = {"write": _words, "dutch": _dutch, "day": _typed_day, "place": _place}.get(turn.state.get("step", ""))
    if asked is None:
        return None
    try:
        return await asked(turn, account, text)
    except NotFound:
        return [menu.gone(turn)]
    except Refused:
        return [Say(parts=(part("rolmodel", "too_long"),))]


async def _words(turn: Turn, account: Account, text: str) -> list[Say]:
    known, language = from_short(turn.state.get("text", "")), turn.state["language"]
    if known is None:
        ends_on = turn.today + _TWO_WEEKS
        draft = await updates.write(
            *(turn.session, turn.now, turn.settings), author=account, language=language, body=text, ends_on=ends_on
        )
    else:
        draft = await updates.edit(turn.session, known, account, body=text)
    if language == SOURCE:
        return _asked_day(turn, draft)
    _stay(turn, "dutch", draft)
    return [Say(parts=(part("rolmodel", "dutch"),), choices=(button("skip", "rolmodel.skip", draft.text.id),))]


async def _dutch(turn: Turn, account: Account, text: str) -> list[Say]:
    draft = await updates.edit(turn.session, _of_state(turn), account, dutch=text)
    return _asked_day(turn, draft)


def _asked_day(turn: Turn, draft: News) -> list[Say]:
    _stay(turn, "day", draft)
    language = next(iter(turn.languages), SOURCE)
    offered = [turn.today + timedelta(days=ahead) for ahead in range(_DAYS)]
    below = [
        Choice(label=f"📅 {values.brief_day(day, language)}", action=f"rolmodel.day:{short(draft.text.id)}/{day}")
        for day in offered
    ]
    skip = button("skip", "rolmodel.no_day", draft.text.id)
    return [Say(parts=(part("rolmodel", "about_day"),), choices=(*below, skip), columns=2)]


async def _typed_day(turn: Turn, account: Account, text: str) -> list[Say]:
    draft = await updates.read(turn.session, _of_state(turn))
    day = _read_day(text, turn.today)
    return _asked_day(turn, draft) if day is None else await _about_day(turn, account, draft, day)


def _read_day(text: str, today: date) -> date | None:
    """`12-1`, `12/01/2027`; the next such day where no year is given. None for what is no day to come."""
    found = _TYPED_DAY.fullmatch(text.strip())
    if found is None:
        return None
    number, month, year = (int(part) if part else 0 for part in found.groups())
    for guess in (year,) if year else (today.year, today.year + 1):
        try:
            day = date(guess, month, number)
        except ValueError:
            continue
        if today <= day <= today + updates.FURTHEST:
            return day
    return None


async def _day(turn: Turn, argument: str) -> list[Say]:
    text_id, _, typed = argument.partition("/")

    async def then(turn: Turn, account: Account, draft: News) -> list[Say]:
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            return [menu.gone(turn)]
        passed = not turn.today <= day <= turn.today + updates.FURTHEST
        return _asked_day(turn, draft) if passed else await _about_day(turn, account, draft, day)

    return await _on_draft(turn, text_id, then)


async def _about_day(turn: Turn, account: Account, draft: News, day: date | None) -> list[Say]:
    ends_on = max(draft.update.ends_on, day or draft.update.ends_on)
    about = replace(updates.about(draft.update), day=day, ends_on=ends_on)
    draft = await updates.describe(turn.session, turn.now, turn.settings, draft.text.id, account, about)
    _stay(turn, "place", draft)
    return [
        Say(parts=(part("rolmodel", "about_place"),), choices=(button("skip", "rolmodel.no_place", draft.text.id),))
    ]


async def _place(turn: Turn, account: Account, text: str) -> list[Say]:
    draft = await updates.read(turn.session, _of_state(turn))
    if len(text) > _LONGEST_PLACE:
        skip = button("skip", "rolmodel.no_place", draft.text.id)
        return [Say(parts=(part("rolmodel", "about_place"),), choices=(skip,))]
    about = replace(updates.about(draft.update), place=" ".join(text.split()))
    return _asked_until(
        turn, await updates.describe(turn.session, turn.now, turn.settings, draft.text.id, account, about)
    )


def _asked_until(turn: Turn, draft: News) -> list[Say]:
    _stay(turn, "until", draft)
    names = (("today", "today"), ("this_week", "week"), ("two_weeks", "two_weeks"))
    below = tuple(button(label, f"rolmodel.{verb}", draft.text.id) for label, verb in names)
    return [Say(parts=(part("rolmodel", "until"),), choices=below)]


def _ends(days: Callable[[date], timedelta]) -> Answer:
    """An action that sets the last day; never before the day that the news is about."""

    async def act(turn: Turn, argument: str) -> list[Say]:
        async def then(turn: Turn, account: Account, draft: News) -> list[Say]:
            chosen = turn.today + days(turn.today)
            about = replace(updates.about(draft.update), ends_on=max(chosen, draft.update.day or chosen))
            await updates.describe(turn.session, turn.now, turn.settings, draft.text.id, account, about)
            return [_asked_extra(turn, draft)]

        return await _on_draft(turn, argument, then)

    return act


def _asked_extra(turn: Turn, draft: News, *before: Part) -> Say:
    _stay(turn, "extra", draft)
    names = (("photo", "photo"), ("voice", "voice"), ("ready", "ready"))
    below = tuple(button(label, f"rolmodel.{verb}", draft.text.id) for label, verb in names)
    return Say(parts=(*before, part("rolmodel", "extra")), choices=below)


async def _photo(turn: Turn, account: Account, draft: News) -> list[Say]:
    return [_asked_to_send(turn, draft, "photo", part("rolmodel", "send_photo"))]


async def _voice(turn: Turn, account: Account, draft: News) -> list[Say]:
    return [_asked_to_send(turn, draft, "voice", part("rolmodel", "send_voice"))]


def _asked_to_send(turn: Turn, draft: News, step: str, said: Part) -> Say:
    _stay(turn, step, draft)
    return Say(parts=(said,), choices=(button("skip", "rolmodel.extra", draft.text.id),))


async def take(turn: Turn, kind: str) -> list[Say]:
    """The picture or the voice that was asked for, or why it can't be used: then another may be sent."""

    async def then(turn: Turn, account: Account, draft: News) -> list[Say]:
        came = turn.picture() if turn.state.get("step") == "photo" else turn.voice()
        if came is None:
            why = part("recording", "long" if turn.refused == "long" else "broken")
            refused = part("rolmodel", "photo_refused") if kind == "photo" else why
            return [_asked_to_send(turn, draft, turn.state["step"], refused)]
        before = draft.update.picture_id if kind == "photo" else draft.text.voice_id
        kept: dict[str, UUID] = {f"{came.kind}_id": await media.keep(turn.session, turn.now, came)}
        await updates.enclose(turn.session, draft.text.id, account, **kept)
        if before is not None:
            await media.wipe(turn.session, [before])
        return [_asked_extra(turn, draft, part("rolmodel", f"{kind}_kept"))]

    return await _on_draft(turn, turn.state.get("text", ""), then)


def hears_voice(state: Mapping[str, Any]) -> bool:
    """Whether a voice is wanted now."""
    return state.get("step") == "voice"


def takes_picture(state: Mapping[str, Any]) -> bool:
    """Whether a picture is wanted now."""
    return state.get("step") == "photo"


async def _preview(turn: Turn, account: Account, draft: News) -> list[Say]:
    turn.leave()
    why = await updates.last_reason(turn.session, draft.text.id) if draft.text.state == "returned" else None
    back = [part("rolmodel", "reason"), part("rolmodel", "own_text", text=_reason(why))] if why else []
    return [
        Say(
            parts=(*back, part("rolmodel", "preview"), *review.texts(draft), await _audience(turn, draft)),
            choices=(
                button("send_on", "rolmodel.send", draft.text.id, digit=1),
                button("improve", "rolmodel.improve", draft.text.id),
                button("throw_away", "rolmodel.throw_away", draft.text.id, digit=2),
            ),
            echo=False,
            voice=draft.text.voice_id,
            picture=draft.update.picture_id,
        )
    ]


def _reason(why: str) -> str | Word:
    """Why it came back: a button of the chat, or what staff wrote."""
    return Word(unit="buttons", name=why) if why in review.REASONS else why


async def _audience(turn: Turn, draft: News) -> Part:
    """How many will hear it; a small number could tell who."""
    language = LANGUAGES[draft.text.language].own_name
    count = (await audience_count(turn.session, turn.now, draft.wanted_circle)).listeners
    if count < SMALLEST_SHOWN:
        return part("rolmodel", "audience_few", language=language)
    return part("rolmodel", "audience", language=language, count=count)


async def _improve(turn: Turn, account: Account, draft: News) -> list[Say]:
    return [_asked_for_words(turn, draft.text.language, text=short(draft.text.id))]


async def _send(turn: Turn, account: Account, draft: News) -> list[Say]:
    if draft.update.ends_on < turn.today:
        return _asked_until(turn, draft)
    submitted = await updates.submit(turn.session, draft.text.id, account)
    others = await updates.others_who_speak(turn.session, submitted)
    await review.ask(turn, submitted, others)
    turn.leave()
    return [Say(parts=(part("rolmodel", "submitted" if others else "alone"),), choices=(menu.HOME,))]


async def _throw_away(turn: Turn, account: Account, draft: News) -> list[Say]:
    await updates.withdraw(turn.session, draft.text.id, account)
    turn.leave()
    return [Say(parts=(part("rolmodel", "thrown_away"),), choices=(menu.HOME,))]


async def _no_dutch(turn: Turn, account: Account, draft: News) -> list[Say]:
    return _asked_day(turn, draft)


async def _no_day(turn: Turn, account: Account, draft: News) -> list[Say]:
    return await _about_day(turn, account, draft, None)


async def _no_place(turn: Turn, account: Account, draft: News) -> list[Say]:
    return _asked_until(turn, draft)


async def _extra(turn: Turn, account: Account, draft: News) -> list[Say]:
    return [_asked_extra(turn, draft)]


def _stay(turn: Turn, step: str, draft: News) -> None:
    turn.stay("rolmodel", step=step, language=draft.text.language, text=short(draft.text.id))


def _of_state(turn: Turn) -> UUID:
    found = from_short(turn.state.get("text", ""))
    if found is None:
        raise NotFound
    return found


async def _on_draft(turn: Turn, argument: str, then: _Then) -> list[Say]:
    """Go on with a draft of her own; a button of what was sent on, thrown away or is somebody else's is old."""
    account, row_id = review.rolmodel(turn), from_short(argument or turn.state.get("text", ""))
    if account is None or row_id is None:
        return [menu.gone(turn)]
    try:
        draft = await updates.read(turn.session, row_id)
        mine = draft.text.author_id == account.id and draft.update.state != "withdrawn"
        if not mine or draft.text.state not in ("draft", "returned"):
            return [menu.gone(turn)]
        return await then(turn, account, draft)
    except Refused:
        return [menu.gone(turn)]


def _draft(then: _Then) -> Answer:
    async def act(turn: Turn, argument: str) -> list[Say]:
        return await _on_draft(turn, argument, then)

    return act


ACTIONS: dict[str, Answer] = {
    "write": _write,
    "improve": _draft(_improve),
    "skip": _draft(_no_dutch),
    "day": _day,
    "no_day": _draft(_no_day),
    "no_place": _draft(_no_place),
    "today": _ends(lambda today: timedelta()),
    "week": _ends(lambda today: timedelta(days=_SUNDAY - today.weekday())),
    "two_weeks": _ends(lambda today: _TWO_WEEKS),
    "extra": _draft(_extra),
    "photo": _draft(_photo),
    "voice": _draft(_voice),
    "ready": _draft(_preview),
    "send": _draft(_send),
    "throw_away": _draft(_throw_away),
}
