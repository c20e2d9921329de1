"""What a scene says becomes answers in the queue, in the form of the channel they go to."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.scene import Say, Turn, button, part
from content import render
from content.bubble import Bubble
from content.parts import Part
from content.voice import clips
from core.languages import LANGUAGES, SOURCE
from core.settings import Settings
from core.tables.chats import Reply
from messaging.channel import Outgoing
from scheduler.queue import replies
from scheduler.sending import forms, spoken

#: What SMS says of anything personal that has no short form of its own.
_NEUTRAL = Say(parts=(part("message", "push"),), sms=part("message", "sms"))


_ONLY_A_CALL = {str(forms.CALL.digit)}


async def reply(turn: Turn, says: Sequence[Say]) -> list[UUID]:
    """Write the answers of a turn; the first changes the tapped bubble where the channel can."""
    tapped = turn.incoming.bubble if turn.edits and turn.incoming.choice is not None else None
    ids: list[UUID] = []
    offered: dict[str, str] = {}
    heard = False
    for say in says:
        edit, tapped = (None, tapped) if say.fresh else (tapped, None)
        message = outgoing(turn, say, edit=edit)
        heard = heard or bool(message.voice)
        if say.remove:
            message = replace(message, remove=say.remove)
        if edit is not None:
            await _forget_closing(turn.session, turn.address.id, edit)
        ids += await _put(turn, message)
        if edit is not None and say.closes_after is not None:
            ids.append(await _close_later(turn, say, edit))
        offered |= forms.typed(turn.address.channel, message.buttons)
    if set(offered) == _ONLY_A_CALL:
        # What was asked before stays open: "1" still answers the appointment.
        offered = {**turn.chat.choices, **offered}
    if offered:
        turn.chat.choices = offered
    return ids if heard else ids + await _heard_once_open(turn)


async def _put(turn: Turn, message: Outgoing) -> list[UUID]:
    """Queue a bubble, and what can't be in it as bubbles of their own after it."""
    ids: list[UUID] = []
    for place, one in enumerate(forms.apart(message, turn.address.channel)):
        due = turn.now + forms.VOICE_AFTER * place if turn.address.channel not in forms.CAPTIONED else turn.now
        ids.append(await replies.put(turn.session, turn.now, turn.address.id, one, due=due))
    return ids


async def _heard_once_open(turn: Turn) -> list[UUID]:
    """The voice of a push that could not carry it: a template, opened by this tap. It follows what was opened, where
    that has no voice of its own."""
    incoming, channel = turn.incoming, turn.address.channel
    if not turn.listens or incoming.choice is None or incoming.bubble is None or channel not in forms.HEARD:
        return []
    if channel in forms.CAPTIONED:
        return []
    voice = await spoken.of_template(
        turn.session,
        *(turn.texts, turn.settings, turn.languages, turn.address.id, incoming.bubble),
        window_since=turn.heard_before,
    )
    if not voice:
        return []
    language = next(iter(turn.languages), SOURCE)
    message = Outgoing(text="", language=language, direction=LANGUAGES[language].direction, voice=voice)
    due = turn.now + forms.VOICE_AFTER
    return [await replies.put(turn.session, turn.now, turn.address.id, message, due=due)]


async def elsewhere(turn: Turn, address_id: UUID, say: Say, languages: Sequence[str], channel: str) -> UUID:
    """Say something impersonal in another chat."""
    bubble = _bubble(turn, say, languages, echo=False)
    message = forms.outgoing(bubble, say.choices, channel, pushed=True)
    return await replies.put(turn.session, turn.now, address_id, message)


def outgoing(turn: Turn, say: Say, *, edit: str | None = None) -> Outgoing:
    """One bubble as this chat's channel shows it."""
    channel = turn.address.channel
    if channel in forms.TEXT_ONLY:
        if say.private and say.sms is None:
            say = _NEUTRAL
        if say.sms is not None:
            short = filled(say.sms, turn.settings)
            spoken = forms.short(turn.texts, turn.languages, short, dawn=turn.dawn)
            message = forms.outgoing(spoken, say.choices if say.sms_choices is None else say.sms_choices, channel)
            # A number that we don't know has nobody to call.
            return message if turn.persons or turn.invited else replace(message, buttons=())
    person = turn.speaker
    echo = say.echo and (person is None or person.dutch_line) and channel not in forms.TEXT_ONLY
    bubble = _bubble(turn, say, turn.languages, echo=echo, dawn=turn.dawn)
    return forms.outgoing(
        bubble,
        say.choices,
        channel,
        columns=say.columns,
        edit=edit,
        says=say.says,
        voice=_voice(turn, say, bubble.language),
        picture=str(say.picture) if say.picture and channel in forms.HEARD else None,
    )


def _voice(turn: Turn, say: Say, language: str) -> tuple[str, ...]:
    """What is heard with it: a voice of its own, or to who listens what clips say."""
    if turn.address.channel not in forms.HEARD:
        return ()
    if say.voice is not None:
        return (str(say.voice),)
    said = [filled(one, turn.settings) for one in say.spoken or say.parts]
    return clips.ready(turn.texts, language, said) if turn.listens or not say.parts else ()


def has_voice(turn: Turn, parts: Sequence[Part]) -> bool:
    """Whether these parts can be heard here, in the language in which this chat would read them."""
    if turn.address.channel not in forms.HEARD or turn.shared:
        return False
    said = [filled(one, turn.settings) for one in parts]
    return bool(clips.ready(turn.texts, render.spoken(turn.texts, turn.languages, said, ()), said))


def filled(said: Part, settings: Settings) -> Part:
    """The part with the values that any text may name."""
    return replace(said, values=forms.with_standing(said.values, settings))


def _bubble(turn: Turn, say: Say, languages: Sequence[str], *, echo: bool, dawn: bool = False) -> Bubble:
    parts = [filled(said, turn.settings) for said in say.parts]
    dutch = [filled(said, turn.settings) for said in say.dutch]
    return render.bubble(turn.texts, languages, parts, say.choices, echo=echo, dutch=dutch, dawn=dawn)


async def _close_later(turn: Turn, say: Say, bubble: str) -> UUID:
    assert say.closes_after is not None
    message = outgoing(turn, closed(say.reopen), edit=bubble)
    return await replies.put(
        turn.session, turn.now, turn.address.id, message, due=turn.now + say.closes_after, closes=bubble
    )


def closed(reopen: str) -> Say:
    """What stands where details stood."""
    return Say(parts=(part("unlock", "closed"),), choices=(button("open", reopen),), echo=False)


async def _forget_closing(session: AsyncSession, address_id: UUID, bubble: str) -> None:
    """What the bubble shows now is something else: the closing that waits for it is void."""
    await session.execute(
        update(Reply)
        .where(Reply.address_id == address_id, Reply.closes == bubble, Reply.state == "planned")
        .values(state="withdrawn", reason="bubble_changed")
    )
