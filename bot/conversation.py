"""What a person typed or tapped becomes answers: find who speaks and where the chat stands, then ask a scene."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot import speech, words
from bot.scene import Answer, Say, Scene, Turn
from bot.scenes import (
    agenda,
    appointment,
    call,
    duty,
    help,
    language,
    leefgeld,
    link,
    menu,
    question,
    really,
    recording,
    relay,
    rolmodel,
    settings,
    stop,
    textqueue,
    understanding,
    unlock,
    updates,
    welcome,
    workshop,
)
from bot.scenes import answer as answers
from bot.words import Universal
from content.inforce import InForce
from content.parts import Choice
from content.render import label
from content.voice.attachments import Picture, Voice
from core import accounts, addresses, crypto
from core.ids import new_id
from core.languages import SOURCE
from core.settings import Settings
from core.tables.chats import Chat
from core.tables.people import Address, Person, PersonAddress
from messaging.channel import Attached, File, Incoming
from messaging.flood import Judgement
from scheduler.sending import forms

#: Every scene, by the name that its actions begin with.
SCENES: Mapping[str, Scene] = {
    module.SCENE.name: module.SCENE
    for module in (
        welcome,
        link,
        menu,
        agenda,
        appointment,
        workshop,
        leefgeld,
        updates,
        call,
        question,
        understanding,
        answers,
        language,
        settings,
        help,
        really,
        stop,
        unlock,
        rolmodel,
        textqueue,
        duty,
        relay,
        recording,
    )
}

_UNIVERSAL = {
    Universal.STOP: "stop.stop",
    Universal.START: "stop.start",
    Universal.HELP: "help.info",
    Universal.REALLY: "really.ask",
    Universal.DANGER: "help.danger",
}

#: Menu words that may be typed by hand: the button and what it does.
_MENU = {
    "agenda": "agenda.open",
    "ask": "question.ask",
    "call": "call.ask",
    "workshops": "workshop.list",
    "money": "leefgeld.overview",
    "news": "updates.list",
    "language": "language.pick",
    "settings": "settings.open",
    "home": "menu.open",
    "help": "help.danger",
}

#: The button of a WhatsApp template is the same under every message: it opens what was pushed last.
_TEMPLATE_BUTTON = "open"
_OPENING = ("open", "where", "why", "begin")

#: Where a chat stands that had the answer to what we don't understand: it isn't said twice, for two machines
#: could talk to each other for ever.
_SAID = "said"

#: The same button of the same bubble so soon is one tap: thumbs bounce, and who is in a hurry taps twice.
BOUNCE = timedelta(seconds=3)

#: An action may lead on to another (pictures -> what was asked), but not for ever.
_MOST_STEPS = 4


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A file that is fetched before its message is answered."""

    kind: Attached  #: PHOTO or VOICE
    file: File


async def wanted(session: AsyncSession, now: datetime, incoming: Incoming) -> Wanted | None:
    """The file that the scene of this chat will ask for when it answers this; None where nothing may be fetched."""
    acts = _fetching_scene(incoming.choice) if incoming.choice is not None else None
    if incoming.group or (acts is None and (incoming.file is None or incoming.attached not in _FETCHED)):
        return None
    address = await addresses.at(session, incoming.channel, incoming.handle)
    persons = await addresses.persons_of(session, address.id) if address is not None else []
    if address is None or not persons:
        return None
    chat = (await session.scalars(select(Chat).where(Chat.address_id == address.id))).one_or_none()
    shared = address.shared or len(persons) > 1
    if chat is None or chat.scene not in SCENES or (shared and (chat.open_until is None or chat.open_until <= now)):
        return None
    state = dict(chat.state or {})
    if acts is not None:
        kept = state.get("file") if acts.name == chat.scene else None
        return Wanted(kind=Attached.VOICE, file=File(**kept)) if kept else None
    assert incoming.attached is not None
    assert incoming.file is not None
    return Wanted(kind=incoming.attached, file=incoming.file) if _asks(chat.scene, incoming.attached, state) else None


_FETCHED = frozenset({Attached.PHOTO, Attached.VOICE})


def _fetching_scene(action: str) -> Scene | None:
    name, _, rest = action.partition(".")
    scene = SCENES.get(name)
    return scene if scene is not None and rest.partition(":")[0] in scene.fetches else None


def _asks(name: str, kind: Attached, state: Mapping[str, Any]) -> bool:
    scene = SCENES.get(name)
    if scene is None or scene.take is None:
        return False
    if kind is Attached.VOICE:
        return scene.hears_voice(state)
    return kind is Attached.PHOTO and scene.takes_picture(state)


async def answer(
    session: AsyncSession,
    settings: Settings,
    texts: InForce,
    now: datetime,
    incoming: Incoming,
    *,
    edits: bool,
    judgement: Judgement = Judgement.ANSWER,
    taken: Voice | Picture | None = None,
    refused: str | None = None,
) -> list[UUID]:
    """Answer one message in the caller's transaction; returns the ids of the replies. `edits`: bubbles can change.

    `taken` is what was fetched of what `wanted` said; `refused` is why there is nothing of it.
    """
    turn = await _turn(session, settings, texts, now, incoming, edits=edits)
    turn.taken, turn.refused = taken, refused
    if _is_second_tap(turn):
        return []
    says = [menu.too_much()] if judgement is Judgement.WARN else await _says(turn)
    addresses.heard(turn.address, now)
    turn.chat.updated_at = now
    turn.chat.answered = _answered(turn, says)
    return [] if judgement is Judgement.MUTE else await speech.reply(turn, says)


def _is_second_tap(turn: Turn) -> bool:
    """A thumb that bounced: the answer stands there already, perhaps with what takes it back."""
    lately = turn.heard_before is not None and timedelta() <= turn.now - turn.heard_before <= BOUNCE
    return lately and turn.chat.answered is not None and turn.chat.answered == _tapped(turn.incoming)


def _tapped(incoming: Incoming) -> bytes | None:
    """A look-up value: a button may be one of the pictures that open a phone."""
    if incoming.choice is None or incoming.bubble is None:
        return None
    return crypto.index("tap", f"{incoming.bubble} {incoming.choice}")


def _answered(turn: Turn, says: Sequence[Say]) -> bytes | None:
    """What was tapped, unless it can be tapped again: to turn a page, to tick and untick."""
    again = any(choice.action == turn.incoming.choice for say in says for choice in say.choices)
    return None if again else _tapped(turn.incoming)


async def _turn(
    session: AsyncSession, settings: Settings, texts: InForce, now: datetime, incoming: Incoming, *, edits: bool
) -> Turn:
    address = await addresses.ensure(session, now, incoming.channel, incoming.handle)
    chat = await _chat(session, now, address)
    persons = tuple(await addresses.persons_of(session, address.id))
    turn = Turn(
        session=session,
        settings=settings,
        texts=texts,
        now=now,
        incoming=incoming,
        edits=edits,
        chat=chat,
        address=address,
        persons=persons,
        person=None,
        invited=await _invited(session, address),
        heard_before=address.last_inbound_at,
    )
    turn.person = _who(turn)
    turn.accounts = tuple(await accounts.of_person(session, turn.person.id)) if turn.person else ()
    return turn


async def _chat(session: AsyncSession, now: datetime, address: Address) -> Chat:
    """The chat of an address, locked: what is answered keeps the order of what was asked."""
    made = insert(Chat).values(id=new_id(), address_id=address.id, scene="", choices={}, updated_at=now)
    # One statement makes it or locks it: an update holds the row until the transaction ends.
    held = made.on_conflict_do_update(index_elements=[Chat.address_id], set_={"updated_at": now}).returning(Chat)
    return (await session.scalars(held, execution_options={"populate_existing": True})).one()


async def _invited(session: AsyncSession, address: Address) -> tuple[Person, ...]:
    """Whom staff gave this number for SMS; nobody on a channel where a card is needed."""
    if address.channel not in forms.TEXT_ONLY:
        return ()
    query = (
        select(Person)
        .join(PersonAddress, PersonAddress.person_id == Person.id)
        .where(PersonAddress.address_id == address.id, PersonAddress.verified_at.is_(None), Person.left_at.is_(None))
    )
    return tuple(await session.scalars(query))


def _who(turn: Turn) -> Person | None:
    """The one person of this phone; on a shared one, whoever opened it with the pictures."""
    if not turn.shared:
        return next(iter(turn.persons), None)
    if turn.chat.open_until is None or turn.chat.open_until <= turn.now:
        return None
    return next((person for person in turn.persons if person.id == turn.chat.person_id), None)


async def _says(turn: Turn) -> list[Say]:
    incoming = turn.incoming
    if incoming.group:
        return _in_group(turn)
    if incoming.attached is not None:
        return await _take(turn, incoming.attached)
    if incoming.choice == _TEMPLATE_BUTTON:
        return await _do(turn, _opening(turn.chat.choices))
    if incoming.choice is not None:
        return await _do(turn, incoming.choice)
    return await _hear(turn, incoming.text or "")


async def _take(turn: Turn, kind: Attached) -> list[Say]:
    """A voice or a picture that the scene of this chat asked for; to all else the fixed answer."""
    if not turn.persons:
        return await _do(turn, "welcome.begin")
    scene = SCENES.get(turn.chat.scene)
    if scene is None or scene.take is None or turn.person is None or not _asks(scene.name, kind, turn.state):
        return await _do(turn, "question.voice") if _may_be_asked(turn, kind) else [menu.attached(kind)]
    return await _followed(turn, await scene.take(turn, kind.value))


def _may_be_asked(turn: Turn, kind: Attached) -> bool:
    """Whether a voice that nobody waited for may be a question; what another scene remembers isn't lost for it."""
    return kind is Attached.VOICE and not _text_only(turn) and turn.chat.scene in ("", "question")


def _in_group(turn: Turn) -> list[Say]:
    """Said the first time only: a group is no place for us."""
    if turn.chat.scene == _SAID:
        return []
    turn.stay(_SAID)
    return [menu.in_group()]


def _opening(choices: Mapping[str, str]) -> str:
    """What [open] means for the push that went out last."""
    shows = [action for action in choices.values() if action.partition(":")[0].rpartition(".")[2] in _OPENING]
    return shows[-1] if shows else "agenda.open"


async def _hear(turn: Turn, text: str) -> list[Say]:
    """Free text, the surest meaning first."""
    code = link.code_in(text, awaited=not turn.persons or turn.chat.scene == "link")
    if code is not None:
        return await _do(turn, f"link.open:{code}")
    meaning = words.universal(text)
    if meaning is not None:
        return await _do(turn, _UNIVERSAL[meaning])
    typed = _typed(turn, text.strip())
    if typed is not None:
        return await _do(turn, typed)
    scene = SCENES.get(turn.chat.scene)
    named = words.nearest(text, _labels(turn)) if turn.persons and not turn.is_verbatim else None
    if named is not None:
        return await _do(turn, named)
    if scene is not None and scene.hear is not None and (turn.persons or not _text_only(turn)):
        return await _followed(turn, await scene.hear(turn, text))
    if words.perhaps_stop(text) and (turn.persons or turn.invited):
        return await _do(turn, "stop.sure")
    return await _not_understood(turn)


def _typed(turn: Turn, text: str) -> str | None:
    """What a typed number means here: the last answers offered, else what every SMS may say."""
    if text in turn.chat.choices:
        return str(turn.chat.choices[text])
    if not _text_only(turn):
        return None
    first = turn.address.last_inbound_at is None and turn.persons
    if text == "1" and (turn.invited or first):
        return "link.agree"
    known = turn.invited or turn.persons
    return "call.ask" if text == str(forms.CALL.digit) and known else None


def _labels(turn: Turn) -> dict[str, str]:
    """The menu's labels in the languages of this chat, and what they do."""
    found: dict[str, str] = {}
    for code in (SOURCE, *turn.languages):
        if turn.texts.has(code, "buttons"):
            found |= {label(turn.texts, code, Choice(button=name, action=to)): to for name, to in _MENU.items()}
    return found


async def _not_understood(turn: Turn) -> list[Say]:
    if _text_only(turn) and turn.chat.scene == _SAID:
        return []
    says = [menu.unknown()] if turn.persons else await _do(turn, "welcome.begin")
    if _text_only(turn):
        turn.stay(_SAID)
    return says


def _text_only(turn: Turn) -> bool:
    return turn.address.channel in forms.TEXT_ONLY


async def _do(turn: Turn, action: str) -> list[Say]:
    """Run an action; what has no such action looks like what isn't there any more."""
    for _ in range(_MOST_STEPS):
        says = await _act(turn, action)
        if turn.then is None:
            return says
        action = turn.then
    return [menu.gone(turn)]


async def _followed(turn: Turn, says: list[Say]) -> list[Say]:
    return says if turn.then is None else await _do(turn, turn.then)


async def _act(turn: Turn, action: str) -> list[Say]:
    turn.then = None
    name, _, rest = action.partition(".")
    verb, _, argument = rest.partition(":")
    scene = SCENES.get(name)
    act: Answer | None = scene.actions.get(verb) if scene is not None else None
    if scene is None or act is None:
        return [menu.gone(turn)]
    if turn.chat.scene == _SAID:
        turn.leave()
    if verb not in scene.personal:
        return await act(turn, argument)
    if not turn.persons:
        turn.then = "welcome.begin"
        return []
    if turn.person is None:
        return [unlock.ask(turn, action)]
    return [_private(turn, say, action) for say in await act(turn, argument)]


def _private(turn: Turn, say: Say, action: str) -> Say:
    """Mark as personal; on a shared phone it closes again by itself."""
    if not turn.shared or say.closes_after is not None:
        return replace(say, private=True)
    return replace(say, private=True, fresh=False, closes_after=unlock.OPEN_FOR, reopen=action)
