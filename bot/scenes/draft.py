"""The draft that a chat is about: kept in the database from its first words, found again by its short id."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from bot.scene import Answer, Say, Turn, button, part
from bot.scenes import menu, roles
from content import updates
from content.approvals import NotFound, Refused
from content.updates import News
from core.ids import from_short, short
from core.languages import LANGUAGES
from core.tables.people import Account
from scheduler.volunteers import volunteer

Then = Callable[[Turn, Account, News], Awaitable[list[Say]]]


def asked_for_words(turn: Turn, language: str, **draft: str) -> Say:
    """What is your news? `draft`: what the chat remembers of one that is there already."""
    turn.stay("rolmodel", step="write", language=language, began=volunteer.begun(turn.now), **draft)
    below = (button("back", "rolmodel.write" if draft else "rolmodel.work"),)
    return Say(parts=(part("rolmodel", "write", language=LANGUAGES[language].own_name),), choices=below, fresh=True)


def asked_until(turn: Turn, draft: News) -> list[Say]:
    """Until when does it hold?"""
    stay(turn, "until", draft)
    names = (("today", "today"), ("this_week", "week"), ("two_weeks", "two_weeks"))
    below = tuple(button(label, f"rolmodel.{verb}", draft.text.id) for label, verb in names)
    return [Say(parts=(part("rolmodel", "until"),), choices=below)]


def stay(turn: Turn, step: str, draft: News) -> None:
    """The chat stands at this question about this draft."""
    began = {"began": turn.state["began"]} if "began" in turn.state else {}
    turn.stay("rolmodel", step=step, language=draft.text.language, text=short(draft.text.id), **began)


def of_state(turn: Turn) -> UUID:
    """The id of the draft that the chat stands at; NotFound."""
    found = from_short(turn.state.get("text", ""))
    if found is None:
        raise NotFound
    return found


async def on_draft(turn: Turn, argument: str, then: Then) -> list[Say]:
    """Go on with a draft of her own; a button of what was sent on, thrown away or is somebody else's is old."""
    account, row_id = roles.rolmodel(turn), from_short(argument or turn.state.get("text", ""))
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


def acting(then: Then) -> Answer:
    """An action on the draft of its button."""

    async def act(turn: Turn, argument: str) -> list[Say]:
        return await on_draft(turn, argument, then)

    return act
