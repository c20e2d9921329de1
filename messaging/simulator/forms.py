"""What a message looks like on a simulated phone: buttons, a list, or numbers; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from core.languages import LANGUAGES
from messaging import answers
from messaging.channel import Button, Outgoing, SendError, Template, Verdict
from messaging.simulator.phones import Bubble, Offer

LONGEST = {"telegram": 4096, "whatsapp": 1600, "sms": 1600}  #: letters a provider takes


def files(channel: str, message: Outgoing) -> tuple[str, ...]:
    """The ids of what goes along: a picture or a voice, as this channel takes them."""
    if message.template is not None or channel == "sms" or message.edit is not None:
        return ()
    if message.picture is not None:
        return (message.picture,)
    return message.voice if channel == "telegram" or not message.text.strip() else ()


def bubble(channel: str, message: Outgoing, delivery_id: UUID, held: Mapping[str, str] | None = None) -> Bubble:
    """The message as this channel's phone shows it; SendError where its provider wouldn't take it.

    `held`: the name of the file that goes along, as `voice` or `picture`.
    """
    if message.template is not None:
        message = _opening(message, message.template)
    text = _text(channel, message)
    if not text.strip() and not held:
        raise SendError(Verdict.REFUSED, "empty")
    if len(text) > LONGEST[channel]:
        raise SendError(Verdict.REFUSED, "too_long")
    return Bubble(
        by="service",
        text=text.encode("utf-8", "replace").decode(),
        language=message.language,
        direction=message.direction,
        bold=message.bold if channel == "telegram" else (),
        choices=_offers(channel, message.buttons),
        opens=message.opens,
        columns=message.columns,
        pushed=message.pushed,
        silent=message.silent,
        delivery=str(delivery_id),
        voice=(held or {}).get("voice"),
        picture=(held or {}).get("picture"),
    )


def _opening(message: Outgoing, template: Template) -> Outgoing:
    """What Meta shows: the template in its own language, with its one button, which opens the rest."""
    language = LANGUAGES[template.language]
    below = tuple(Button(id=button.id, label=template.label) for button in message.buttons[-1:])
    return replace(
        message, text=template.text, language=language.code, direction=language.direction, buttons=below, template=None
    )


def _text(channel: str, message: Outgoing) -> str:
    if channel != "sms" or answers.says_its_answers(message.text, message.buttons):
        return message.text
    if not any(button.label for button in message.buttons):
        return message.text
    return answers.below(message.text, message.buttons, pictograms=False)


def _offers(channel: str, buttons: Sequence[Button]) -> tuple[Offer, ...]:
    if channel != "sms":
        return tuple(Offer(id=button.id, label=button.label) for button in buttons)
    numbered = answers.numbered(buttons)
    return tuple(Offer(id=str(number), label=button.label or str(number)) for number, button in numbered)


def instead(fresh: Bubble, old: Bubble) -> Bubble:
    """The bubble as a change of another one: no new push, and the same name at the provider."""
    return Bubble(
        by=fresh.by,
        text=fresh.text,
        language=fresh.language,
        direction=fresh.direction,
        bold=fresh.bold,
        choices=fresh.choices,
        opens=fresh.opens,
        columns=fresh.columns,
        silent=True,
        delivery=fresh.delivery,
        voice=old.voice,
        picture=old.picture,
        replaces=old.n,
        root=old.root,
    )


def offering(bubbles: Sequence[Bubble], choice: str) -> tuple[Bubble, str] | None:
    """The newest bubble that offers an answer, and its label: one still to be seen before one that was changed.

    None where no bubble ever offered it.
    """
    replaced = {bubble.replaces for bubble in bubbles}
    order = sorted(bubbles, key=lambda bubble: (bubble.n not in replaced, bubble.n), reverse=True)
    for shown in order:
        for offer in shown.choices:
            if offer.id == choice:
                return shown, offer.label
    return None
