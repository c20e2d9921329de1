"""A rolmodel writes news in her own language, one question at a time. From her first words on it is a draft in the
database, so she may stop anywhere, and finds it again behind the same button."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.scene import Answer, Say, Turn, button, part
from bot.scenes import draft, finishing, menu, roles
from content import updates, values
from content.approvals import NotFound, Refused
from content.parts import Choice
from content.updates import News
from core.ids import from_short, short
from core.languages import SOURCE
from core.tables.people import Account

_SUNDAY = 6
_TWO_WEEKS = timedelta(days=14)

#: Days that can be tapped, from today on; others are typed.
_DAYS = 7

#: Letters of a place.
_LONGEST_PLACE = 120

_TYPED_DAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{4}))?")


async def _write(turn: Turn, argument: str) -> list[Say]:
    account = roles.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    news = await updates.unfinished(turn.session, account)
    if news is not None and news.update.ends_on >= turn.today:
        return await finishing.preview(turn, account, news)
    return [draft.asked_for_words(turn, roles.language(turn, account))]


async def hear(turn: Turn, account: Account, text: str) -> list[Say] | None:
    """What she typed, as an answer to the last question; None where none was asked."""
    asked = _ASKED.get(turn.state.get("step", ""))
    if asked is None:
        return None
    try:
        return await asked(turn, account, text)
    except NotFound:
        return [menu.gone(turn)]
    except Refused:
        return [Say(parts=(part("rolmodel", "too_long"),))]


async def _tapped(turn: Turn, account: Account, text: str) -> list[Say]:
    """Words where a tap or a file is waited for: the same question once more."""
    return finishing.asked_again(turn, await updates.read(turn.session, draft.of_state(turn)))


async def _words(turn: Turn, account: Account, text: str) -> list[Say]:
    known, language = from_short(turn.state.get("text", "")), turn.state["language"]
    if known is None:
        ends_on = turn.today + _TWO_WEEKS
        news = await updates.write(
            *(turn.session, turn.now, turn.settings), author=account, language=language, body=text, ends_on=ends_on
        )
    else:
        news = await updates.edit(turn.session, known, account, body=text)
    if language == SOURCE:
        return _asked_day(turn, news)
    draft.stay(turn, "dutch", news)
    return [Say(parts=(part("rolmodel", "dutch"),), choices=(button("skip", "rolmodel.skip", news.text.id),))]


async def _dutch(turn: Turn, account: Account, text: str) -> list[Say]:
    news = await updates.edit(turn.session, draft.of_state(turn), account, dutch=text)
    return _asked_day(turn, news)


def _asked_day(turn: Turn, news: News) -> list[Say]:
    draft.stay(turn, "day", news)
    language = next(iter(turn.languages), SOURCE)
    offered = [turn.today + timedelta(days=ahead) for ahead in range(_DAYS)]
    below = [
        Choice(label=f"📅 {values.brief_day(day, language)}", action=f"rolmodel.day:{short(news.text.id)}/{day}")
        for day in offered
    ]
    skip = button("skip", "rolmodel.no_day", news.text.id)
    return [Say(parts=(part("rolmodel", "about_day"),), choices=(*below, skip), columns=2)]


async def _typed_day(turn: Turn, account: Account, text: str) -> list[Say]:
    news = await updates.read(turn.session, draft.of_state(turn))
    day = _read_day(text, turn.today)
    return _asked_day(turn, news) if day is None else await _about_day(turn, account, news, day)


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

    async def then(turn: Turn, account: Account, news: News) -> list[Say]:
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            return [menu.gone(turn)]
        passed = not turn.today <= day <= turn.today + updates.FURTHEST
        return _asked_day(turn, news) if passed else await _about_day(turn, account, news, day)

    return await draft.on_draft(turn, text_id, then)


async def _about_day(turn: Turn, account: Account, news: News, day: date | None) -> list[Say]:
    ends_on = max(news.update.ends_on, day or news.update.ends_on)
    about = replace(updates.about(news.update), day=day, ends_on=ends_on)
    news = await updates.describe(turn.session, turn.now, turn.settings, news.text.id, account, about)
    draft.stay(turn, "place", news)
    return [Say(parts=(part("rolmodel", "about_place"),), choices=(button("skip", "rolmodel.no_place", news.text.id),))]


async def _place(turn: Turn, account: Account, text: str) -> list[Say]:
    news = await updates.read(turn.session, draft.of_state(turn))
    if len(text) > _LONGEST_PLACE:
        skip = button("skip", "rolmodel.no_place", news.text.id)
        return [Say(parts=(part("rolmodel", "about_place"),), choices=(skip,))]
    about = replace(updates.about(news.update), place=" ".join(text.split()))
    return draft.asked_until(
        turn, await updates.describe(turn.session, turn.now, turn.settings, news.text.id, account, about)
    )


#: What free text means at each step.
_ASKED: Mapping[str, Callable[[Turn, Account, str], Awaitable[list[Say]]]] = {
    "write": _words,
    "dutch": _dutch,
    "day": _typed_day,
    "place": _place,
    **dict.fromkeys(("until", "extra", "photo", "voice"), _tapped),
}


def _ends(days: Callable[[date], timedelta]) -> Answer:
    """An action that sets the last day; never before the day that the news is about."""

    async def act(turn: Turn, argument: str) -> list[Say]:
        async def then(turn: Turn, account: Account, news: News) -> list[Say]:
            chosen = turn.today + days(turn.today)
            about = replace(updates.about(news.update), ends_on=max(chosen, news.update.day or chosen))
            await updates.describe(turn.session, turn.now, turn.settings, news.text.id, account, about)
            return [finishing.asked_extra(turn, news)]

        return await draft.on_draft(turn, argument, then)

    return act


async def _no_dutch(turn: Turn, account: Account, news: News) -> list[Say]:
    return _asked_day(turn, news)


async def _no_day(turn: Turn, account: Account, news: News) -> list[Say]:
    return await _about_day(turn, account, news, None)


async def _no_place(turn: Turn, account: Account, news: News) -> list[Say]:
    return draft.asked_until(turn, news)


ACTIONS: dict[str, Answer] = {
    "write": _write,
    "skip": draft.acting(_no_dutch),
    "day": _day,
    "no_day": draft.acting(_no_day),
    "no_place": draft.acting(_no_place),
    "today": _ends(lambda today: timedelta()),
    "week": _ends(lambda today: timedelta(days=_SUNDAY - today.weekday())),
    "two_weeks": _ends(lambda today: _TWO_WEEKS),
    **finishing.ACTIONS,
}
