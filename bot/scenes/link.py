"""Linking: a code from paper says which person, two pictures prove it; then the choices become rows."""

import re

from sqlalchemy import delete

from bot import speech, words
from bot.scene import Say, Scene, Turn, button, call_me, part
from bot.scenes import menu, pictures, settings, welcome
from core import addresses, links
from core.tables.people import LinkCode, Person, PersonAddress
from scheduler import tasks

#: `/start CODE` of a Telegram card, `PIM CODE` of a WhatsApp card.
_OPENED = re.compile(r"^\s*(?:/start|pim)\s+(\S.*)$", re.IGNORECASE)

#: A code typed from paper: 14 letters and digits in groups, digits among them.
_TYPED = re.compile(r"^(?=.*\d)[0-9A-Za-z]{2,}(?:[\s.–-]*[0-9A-Za-z]+)*$")
_LETTERS = 14


def code_in(text: str, *, awaited: bool) -> str | None:
    """The code of a card that a text brings; typed from paper only where one is awaited. None: there is none."""
    opened = _OPENED.match(text)
    if opened:
        return opened[1]
    if not awaited:
        return None
    looks = _TYPED.match(text.strip()) and len(links.normal(text)) == _LETTERS
    return text if looks else None


async def _open(turn: Turn, code: str) -> list[Say]:
    """A card: only its person's language and voice wish are used before the pictures."""
    link = await links.find(turn.session, turn.now, code)
    if link is None:
        unknown = None if turn.persons or turn.invited else part("link", "sms_unknown")
        return [Say(parts=(part("link", "old_card"),), choices=(call_me(),), sms=unknown)]
    person = await turn.session.get_one(Person, link.person_id)
    state = {"sense": person.sense, **turn.state, "code": links.normal(code)}
    if not state.get("here"):
        turn.chat.language = next(iter(person.languages), None)
    turn.stay("link", **state)
    return await _begin(turn, "") if state.get("here") else [welcome.hello(turn)]


async def _hear(turn: Turn, text: str) -> list[Say]:
    """Free text while a code is awaited."""
    if words.perhaps_stop(text):
        turn.then = "stop.sure"
        return []
    if not turn.state.get("here"):
        if turn.persons:
            turn.leave()
            return [menu.unknown()]
        turn.then = "welcome.begin"
        return []
    return [Say(parts=(part("link", "unread"),), choices=(call_me(),))]


async def _begin(turn: Turn, argument: str) -> list[Say]:
    link = await _link(turn)
    if link is None:
        return [Say(parts=(part("link", "card"),))]
    return [_first_picture()]


async def _link(turn: Turn) -> LinkCode | None:
    code = turn.state.get("code")
    return await links.find(turn.session, turn.now, str(code)) if code and turn.state.get("here") else None


def _first_picture(*before: str) -> Say:
    return pictures.first("link", *(part("link", name) for name in (*before, "first")))


async def _first(turn: Turn, argument: str) -> list[Say]:
    chosen = pictures.number(argument)
    if await _link(turn) is None or chosen is None:
        return [menu.gone(turn)]
    turn.stay("link", **{**turn.state, "first": chosen})
    return [pictures.second("link", part("link", "second"))]


async def _second(turn: Turn, argument: str) -> list[Say]:
    link = await _link(turn)
    state = turn.state
    first, second = state.pop("first", None), pictures.number(argument)
    if link is None or first is None or second is None:
        return [menu.gone(turn)]
    person = await turn.session.get_one(Person, link.person_id)
    tried = await links.try_pictures(turn.session, turn.now, link, person, first, second)
    if tried is links.Tried.OK:
        return await _linked(turn, person)
    turn.stay("link", **state)
    if tried is links.Tried.WRONG:
        return [_first_picture("wrong")]
    await _stopped(turn, person)
    turn.leave()
    return [Say(parts=(part("link", "locked"),))]


async def _stopped(turn: Turn, person: Person) -> None:
    await tasks.open_task(
        turn.session,
        turn.now,
        turn.settings,
        kind=tasks.Kind.WRONG_CARD,
        person_id=person.id,
        reason="pictures",
        call=True,
    )


async def _linked(turn: Turn, person: Person) -> list[Say]:
    """From now on this phone is this person's: the choices made on the way become rows."""
    state = turn.state
    language = next(iter(turn.languages), None)
    await _end_old_chats(turn, person)
    await addresses.attach(
        turn.session,
        turn.now,
        person.id,
        turn.address.id,
        verified=True,
        language=language,
        text_hash=turn.texts.source_hash("welcome"),
    )
    if language and language != person.languages[0]:
        person.languages = [language, *(code for code in person.languages if code != language)]
    person.sense = state.get("sense", person.sense)
    others = [known for known in turn.persons if known.id != person.id]
    turn.address.shared = turn.address.shared or bool(state.get("shared", True)) or bool(others)
    settings.log_choice(turn, person, f"channel:{turn.address.channel}", given=True, unit="welcome")
    settings.log_choice(turn, person, "news", given=bool(state.get("news")), unit="welcome")
    turn.persons = (*others, person)
    turn.person = None if turn.shared else person
    turn.leave()
    below = (button("agenda", "agenda.open"), menu.HOME)
    return [Say(parts=(part("link", "done"),), choices=below)]


async def _end_old_chats(turn: Turn, person: Person) -> None:
    """A new phone on the same channel takes the place of the old one, whose chat says nothing personal."""
    for bond, address in await addresses.of_person(turn.session, person.id):
        if address.channel != turn.address.channel or address.id == turn.address.id or bond.verified_at is None:
            continue
        await turn.session.execute(delete(PersonAddress).where(PersonAddress.id == bond.id))
        if not await addresses.persons_of(turn.session, address.id):
            said = Say(parts=(part("link", "stopped"),))
            await speech.elsewhere(turn, address.id, said, person.languages, address.channel)


async def _agree(turn: Turn, argument: str) -> list[Say]:
    """The first SMS was answered with 1: this number is the person's."""
    for person in turn.invited:
        await addresses.attach(
            turn.session,
            turn.now,
            person.id,
            turn.address.id,
            verified=True,
            language=next(iter(person.languages), None),
            text_hash=turn.texts.source_hash("link"),
        )
        settings.log_choice(turn, person, f"channel:{turn.address.channel}", given=True, unit="link")
    return [
        Say(parts=(part("link", "done"),), sms=part("link", "sms_thanks"), sms_choices=(call_me(),))
        if turn.invited or turn.persons
        else menu.gone(turn)
    ]


SCENE = Scene(
    name="link",
    actions={"open": _open, "begin": _begin, "first": _first, "second": _second, "agree": _agree},
    hear=_hear,
)
