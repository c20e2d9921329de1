"""A second speaker hears what a rolmodel read aloud: right or wrong, and two minutes to say the other thing."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from bot.scene import Answer, Say, Turn, button, part
from bot.scenes import menu, newsqueue, roles
from content.approvals import Refused, other_speakers
from content.voice import recordings
from core.ids import from_short, short
from core.tables.notices import Notice
from core.tables.people import Account
from core.tables.voice import Clip
from scheduler.queue import notices
from scheduler.queue.notices import Plan
from scheduler.volunteers import volunteer

#: Others are asked to listen when she is probably done, and not after every word.
ASK_AFTER = timedelta(minutes=30)

#: Why a speaker isn't asked to read again, the other one heard it right after all; and why nobody is asked to listen.
TAKEN_BACK, JUDGED = "taken_back", "judged"

_SOURCE_KIND = "clip"

#: Clips that a listener hears in a minute.
_A_MINUTE = 6

_ON = (button("next", "recording.begin"), menu.HOME)


async def ask_others(turn: Turn, account: Account, language: str) -> None:
    """Tell the other speakers, at a good hour, that there is something to hear; one push for all of a sitting."""
    plans = []
    for other in await other_speakers(turn.session, language, account):
        if other.role != "rolmodel" or other.person_id is None:
            continue
        count = len(await recordings.to_check(turn.session, turn.texts, other))
        due = await volunteer.hour(turn.session, other, turn.now + ASK_AFTER, turn.settings.timezone)
        plans.append(
            Plan(
                person_id=other.person_id,
                kind="work",
                step="",
                source_kind=_SOURCE_KIND,
                source_id=account.id,
                due=due,
                values={"count": max(1, count), "minutes": max(2, -(-count // _A_MINUTE))},
            )
        )
    if plans:
        await notices.plan(turn.session, turn.now, plans)


async def check(turn: Turn, argument: str) -> list[Say]:
    """The next clip of another speaker, with the words that it should say; first the one of the argument."""
    account = roles.rolmodel(turn)
    if account is None:
        return [menu.gone(turn)]
    waiting = await recordings.to_check(turn.session, turn.texts, account)
    if not waiting:
        return [Say(parts=(part("rolmodel", "nothing"),), choices=(menu.HOME,))]
    clip, reading = next((one for one in waiting if one[0].id == from_short(argument)), waiting[0])
    turn.stay("recording", **{**turn.state, "began": volunteer.begun(turn.now)})
    below = (
        button("yes", "recording.right", clip.id, digit=1),
        button("no", "recording.wrong", clip.id, digit=2),
        button("stop_here", "recording.stop"),
    )
    parts = (part("recording", "check"), part("recording", "text", text=reading.text))
    return [Say(parts=parts, choices=below, voice=clip.media_id, echo=False, fresh=True)]


async def _right(turn: Turn, argument: str) -> list[Say]:
    return await _judged(turn, argument, good=True)


async def _wrong(turn: Turn, argument: str) -> list[Say]:
    return await _judged(turn, argument, good=False)


async def _judged(turn: Turn, argument: str, *, good: bool) -> list[Say]:
    account, clip_id = roles.rolmodel(turn), from_short(argument)
    if account is None or clip_id is None:
        return [menu.gone(turn)]
    clip = await turn.session.get(Clip, clip_id)
    try:
        await recordings.judge(turn.session, turn.now, clip_id, account, good=good)
    except Refused:
        return [Say(parts=(part("rolmodel", "not_yours"),), choices=_ON)]
    assert clip is not None
    await volunteer.finished(turn.session, turn.now, account, "review", turn.state.get("began"))
    await _hush(turn, clip)
    if not good:
        await _ask_speaker(turn, clip)
    if turn.chat.scene == "recording":
        turn.stay("recording", **{name: value for name, value in turn.state.items() if name != "began"})
    said, undo = part("recording", "checked" if good else "again"), button("undo", "recording.undo", clip.id)
    if await recordings.to_check(turn.session, turn.texts, account):
        return [Say(parts=(said,), choices=(undo,)), *await check(turn, "")]
    return [Say(parts=(said,), choices=(undo, button("read_aloud", "recording.record"), menu.HOME))]


async def _undo(turn: Turn, argument: str) -> list[Say]:
    """Said by mistake: the same clip is before her again, and who read it isn't asked for another."""
    account, clip_id = roles.rolmodel(turn), from_short(argument)
    if account is None or clip_id is None:
        return [menu.gone(turn)]
    within = timedelta(seconds=turn.settings.undo_seconds)
    try:
        clip = await recordings.undo(turn.session, turn.now, clip_id, account, within)
    except Refused:
        return [menu.gone(turn)]
    if clip is None:
        return await _no_undo(turn, clip_id)
    await _ask_no_more(turn, clip)
    return await check(turn, argument)


async def _no_undo(turn: Turn, clip_id: UUID) -> list[Say]:
    """How the clip stands now: heard by people, asked for again, or not judged (any more)."""
    clip = await turn.session.get(Clip, clip_id)
    if clip is not None and clip.state == "checked":
        return [
            Say(
                parts=(part("recording", "undo_late"),), choices=(newsqueue.call_regisseur(_SOURCE_KIND, clip_id), *_ON)
            )
        ]
    if clip is not None and clip.state == "refused":
        return [Say(parts=(part("recording", "again"),), choices=_ON)]
    return await check(turn, short(clip_id))


async def _ask_no_more(turn: Turn, clip: Clip) -> None:
    """Her who read it not for another, and the others to listen after all."""
    speaker = await turn.session.get(Account, clip.speaker_id)
    if speaker is None:
        return
    if not await recordings.refused(turn.session, turn.texts, speaker):
        await notices.withdraw(turn.session, speaker.id, TAKEN_BACK, person_id=speaker.person_id)
    await ask_others(turn, speaker, clip.language)


async def _hush(turn: Turn, clip: Clip) -> None:
    """Call nobody to listen for whom nothing of this speaker waits any more."""
    called = select(Account).join(Notice, Notice.person_id == Account.person_id)
    these = (Notice.source_kind == _SOURCE_KIND, Notice.source_id == clip.speaker_id, Notice.is_open)
    for account in list(await turn.session.scalars(called.where(*these, Account.id != clip.speaker_id))):
        if not await recordings.to_check(turn.session, turn.texts, account):
            await notices.withdraw(turn.session, clip.speaker_id, JUDGED, person_id=account.person_id)


async def _ask_speaker(turn: Turn, clip: Clip) -> None:
    """Who read it hears, at a good hour, that it is asked for again."""
    speaker = await turn.session.get(Account, clip.speaker_id)
    if speaker is None or speaker.person_id is None:
        return
    due = await volunteer.hour(turn.session, speaker, turn.now + ASK_AFTER, turn.settings.timezone)
    again = Plan(
        person_id=speaker.person_id,
        kind="work",
        step="",
        source_kind=_SOURCE_KIND,
        source_id=speaker.id,
        due=due,
        values={"count": 1, "minutes": 2},
    )
    await notices.plan(turn.session, turn.now, [again])


ACTIONS: dict[str, Answer] = {"check": check, "right": _right, "wrong": _wrong, "undo": _undo}
