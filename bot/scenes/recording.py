"""A rolmodel reads texts aloud, with one thumb; another speaker hears each before anybody else does (listening)."""

from typing import Any
from uuid import UUID

from bot.scene import Say, Scene, Turn, button, part
from bot.scenes import listening, menu, roles
from content.approvals import Refused
from content.parts import Part
from content.review import spoken
from content.voice import media, recordings
from content.voice.clips import Reading
from core.ids import from_short, short
from core.languages import LANGUAGES, SOURCE
from core.tables.people import Account
from scheduler.volunteers import volunteer

#: Texts of one sitting: then she may go on, or not.
SITTING = 10


async def _begin(turn: Turn, argument: str) -> list[Say]:
    """First what others wait for: to be heard. Then reading, once she agreed that we keep her voice."""
    account = roles.rolmodel(turn)
    if account is None or turn.person is None:
        return [menu.gone(turn)]
    if await recordings.to_check(turn.session, turn.texts, account):
        return await listening.check(turn, "")
    return await _record(turn, "")


async def _record(turn: Turn, argument: str) -> list[Say]:
    account = roles.rolmodel(turn)
    if account is None or turn.person is None:
        return [menu.gone(turn)]
    if await recordings.agreed(turn.session, turn.person.id):
        turn.stay("recording", number=1)
        return [await _next(turn, account)]
    language = LANGUAGES[roles.language(turn, account)].own_name
    below = (button("yes", "recording.agree", digit=1), button("no", "recording.stop", digit=2))
    return [Say(parts=(part("recording", "consent", language=language),), choices=below)]


async def _agree(turn: Turn, argument: str) -> list[Say]:
    if roles.rolmodel(turn) is None or turn.person is None:
        return [menu.gone(turn)]
    await _choose(turn, turn.person.id, given=True)
    return await _record(turn, "")


async def _choose(turn: Turn, person_id: UUID, *, given: bool) -> None:
    language, text_hash = next(iter(turn.languages), SOURCE), turn.texts.source_hash("recording")
    await recordings.agree(turn.session, turn.now, person_id, given=given, language=language, text_hash=text_hash)


async def _next(turn: Turn, account: Account, *before: Part) -> Say:
    """The next text to read, below what is said of the last one; the chat remembers which words were shown."""
    state, language = turn.state, roles.language(turn, account)
    later = state.get("later", [])
    waiting = await recordings.to_read(turn.session, turn.texts, language, account)
    waiting = [reading for reading in waiting if reading.key not in later]
    number = int(state.get("number", 1))
    if not waiting or number > SITTING:
        turn.leave()
        left = button("next", "recording.record") if waiting else None
        ended = () if waiting else (part("recording", "done" if before else "nothing"),)
        below = (*([left] if left else []), menu.HOME, button("wipe_voice", "recording.wipe_sure"))
        return Say(parts=(*before, *ended), choices=below)
    # A text that was approved meanwhile makes the sitting longer than it began.
    count = max(number, int(state.get("count") or min(SITTING, len(waiting))))
    shown = {**_as_plain(waiting[0]), "began": volunteer.begun(turn.now)}
    turn.stay("recording", step="read", language=language, number=number, count=count, later=later, **shown)
    return _to_read(turn, *before)


def _as_plain(reading: Reading) -> dict[str, str]:
    return {"key": reading.key, "words": reading.text}


def _reading(state: dict[str, Any]) -> Reading:
    return Reading(str(state["key"]), str(state["words"]))


def _to_read(turn: Turn, *before: Part) -> Say:
    state = turn.state
    return Say(
        parts=(
            *before,
            part("recording", "read", number=int(state["number"]), count=int(state["count"])),
            part("recording", "text", text=str(state["words"])),
        ),
        choices=(
            button("skip", "recording.skip"),
            button("stop_here", "recording.stop"),
            button("wipe_voice", "recording.wipe_sure"),
        ),
        echo=False,
        fresh=True,
    )


def _is_reading(state: Any) -> bool:
    """A voice is wanted: for the first time, or again instead of the one that was just recorded."""
    return state.get("step") in ("read", "listen")


async def _take(turn: Turn, kind: str) -> list[Say]:
    state, voice = turn.state, turn.voice()
    if roles.rolmodel(turn) is None or turn.person is None or not await recordings.agreed(turn.session, turn.person.id):
        return [menu.gone(turn)]
    if voice is None:
        return [_to_read(turn, turn.unheard())]
    flaw = recordings.flaw(voice, str(state["words"]))
    if flaw is not None:
        return [_to_read(turn, part("recording", flaw))]
    await _drop(turn)
    media_id = await media.keep(turn.session, turn.now, voice)
    turn.stay("recording", **{**state, "step": "listen", "media": short(media_id)})
    below = (button("good", "recording.good", digit=1), button("record_again", "recording.again"))
    parts = (part("recording", "heard"), part("recording", "text", text=str(state["words"])))
    return [Say(parts=parts, choices=below, voice=media_id, echo=False, fresh=True)]


async def _drop(turn: Turn) -> None:
    """What was recorded and not said yes to is gone at once."""
    media_id = from_short(str(turn.state.get("media", "")))
    if media_id is not None:
        await media.wipe(turn.session, [media_id])


async def _again(turn: Turn, argument: str) -> list[Say]:
    if not _is_reading(turn.state):
        return await _begin(turn, "")
    await _drop(turn)
    state = turn.state
    state.pop("media", None)
    turn.stay("recording", **{**state, "step": "read"})
    return [_to_read(turn)]


async def _good(turn: Turn, argument: str) -> list[Say]:
    account, state = roles.rolmodel(turn), turn.state
    media_id = from_short(str(state.get("media", "")))
    if account is None or media_id is None or state.get("step") != "listen":
        return await _begin(turn, "")
    language = str(state["language"])
    try:
        await recordings.keep(turn.session, turn.now, language, _reading(state), account, media_id)
    except Refused:
        return [menu.gone(turn)]
    await volunteer.finished(turn.session, turn.now, account, "record", state.get("began"))
    await listening.ask_others(turn, account, language)
    turn.stay("recording", number=int(state["number"]) + 1, count=state["count"], later=state.get("later", []))
    return [await _next(turn, account, part("recording", "kept"))]


async def _skip(turn: Turn, argument: str) -> list[Say]:
    account, state = roles.rolmodel(turn), turn.state
    if account is None or "key" not in state:
        return await _begin(turn, "")
    await _drop(turn)
    turn.stay("recording", number=state["number"], count=state["count"], later=[*state.get("later", []), state["key"]])
    return [await _next(turn, account)]


async def _stop(turn: Turn, argument: str) -> list[Say]:
    await _drop(turn)
    turn.leave()
    return [Say(parts=(part("review", "stopped"),), choices=(menu.HOME,))]


async def _wipe_sure(turn: Turn, argument: str) -> list[Say]:
    """Asked once: what she read in many sittings can't be brought back."""
    account = roles.rolmodel(turn)
    if account is None or turn.person is None:
        return [menu.gone(turn)]
    await _drop(turn)
    turn.leave()
    below = (button("wipe_voice", "recording.wipe"), button("after_all_not", "recording.record"))
    return [Say(parts=(part("recording", "wipe_sure"),), choices=below)]


async def _wipe(turn: Turn, argument: str) -> list[Say]:
    """Her voice is gone at once, and she is asked again before we keep another."""
    account = roles.rolmodel(turn)
    if account is None or turn.person is None:
        return [menu.gone(turn)]
    await _drop(turn)
    await recordings.wipe(turn.session, account)
    await spoken.wipe(turn.session, account)
    await _choose(turn, turn.person.id, given=False)
    turn.leave()
    return [Say(parts=(part("recording", "wiped"),), choices=(menu.HOME,))]


_ACTIONS = {
    **listening.ACTIONS,
    "begin": _begin,
    "record": _record,
    "agree": _agree,
    "again": _again,
    "good": _good,
    "skip": _skip,
    "stop": _stop,
    "wipe": _wipe,
    "wipe_sure": _wipe_sure,
}

SCENE = Scene(name="recording", actions=_ACTIONS, personal=frozenset(_ACTIONS), hears_voice=_is_reading, take=_take)
