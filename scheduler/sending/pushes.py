"""A notice becomes a push: neutral as a whole, in the form its address needs (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from content import render
from content.bubble import Bubble
from content.inforce import InForce
from content.kinds import NOTICES, OPEN_AGENDA, PLACE_CHANGED, Kind
from content.parts import Choice, Part, Value
from content.values import written
from content.voice import clips
from core.ids import short
from core.settings import Settings
from messaging.channel import Button, Outgoing, Template
from messaging.dispatch import Route
from scheduler.queue.bundles import Bundle
from scheduler.queue.claims import Claimed
from scheduler.sending import forms

#: Actions that start from the person, not from one source.
_WITHOUT_SOURCE = ("agenda.", "rolmodel.", "relay.", "duty.")

_BY_UNIT = {kind.unit: kind for kind in NOTICES.values() if kind.unit != "message"}

#: The template that can stand in for every other.
FALLBACK = "bericht"

#: Units that no kind calls its own -> the template that says as much.
_TEMPLATES = {"soon": "afspraak", "ahead": "afspraak", "time": "nieuwe_dag"}

Below = tuple[Choice, ...]

#: The one button of every template.
_OPEN = Choice(button="open", action="")


def _opening(choices: Below) -> Below:
    """What opens the details; on a shared phone it is all that stands below a push."""
    shows = [choice for choice in choices if choice.button in ("open", "where", "why", "begin", "look")]
    return (replace(shows[-1], button="open", digit=None),)


_OPENING = {
    below: _opening(below) for below in (OPEN_AGENDA, *PLACE_CHANGED.values(), *(k.choices for k in NOTICES.values()))
}


def push(
    texts: InForce,
    settings: Settings,
    bundle: Bundle,
    languages: Sequence[str],
    route: Route,
    *,
    shared: bool,
    dawn: bool = False,
    listens: bool = False,
) -> tuple[Outgoing, str]:
    """The message, and the source hash of the text that is said.

    `dawn` asks for the clock of content.habit, `listens` for a voice that says it, if there is one.
    """
    notice, kind = bundle.lead, NOTICES[bundle.lead.kind, bundle.lead.step]
    unit, values, below = _said(bundle, kind)
    if shared:
        unit, values, below = "shared", _NO_VALUES, _OPENING[below]
    name = "sms" if route.form == "sms" else "push"
    if route.form == "sms" and unit == "message" and bundle.joined:
        unit, name, values = "agenda", *_days(bundle)
    said = _Said(
        texts=texts,
        standing=_standing(settings),
        unit=unit,
        name=name,
        values=tuple(values.items()),
        languages=tuple(languages),
        below=below,
        form=route.form,
        again=notice.again,
        dawn=dawn,
    )
    bubble = _rendered(said)
    template = None
    if route.form == "template":
        plain = not shared and _says_as_much(kind, unit)
        template = _template(texts, settings, kind, notice, route, plain=plain)
    heard = listens and not shared and route.channel in forms.HEARD
    message = forms.with_buttons(
        bubble,
        _buttons(below, bubble.labels, notice),
        route.channel,
        pushed=True,
        silent=kind.silent,
        use_by=notice.use_by,
        template=template,
        voice=_voice(said, bubble.language) if heard else (),
    )
    return message, bubble.text_hash


def voice(texts: InForce, settings: Settings, notice: Claimed, languages: Sequence[str]) -> tuple[str, ...]:
    """The clips that say this notice by itself; empty where a clip lacks."""
    unit, values, below = _said(Bundle(lead=notice), NOTICES[notice.kind, notice.step])
    said = _Said(
        *(texts, _standing(settings), unit, "push", tuple(values.items()), tuple(languages), below, "bubble"),
        again=False,
        dawn=False,
    )
    return _voice(said, _rendered(said).language)


_NO_VALUES: Mapping[str, Value] = MappingProxyType({})


@lru_cache(maxsize=8)
def _standing(settings: Settings) -> tuple[tuple[str, Value], ...]:
    return tuple(forms.standing(settings).items())


def _buttons(below: Below, labels: Sequence[str], notice: Claimed) -> list[Button]:
    """The answers, each starting from what this notice is about."""
    source = short(notice.source_id)
    return [
        Button(id=action + source if action[-1] in ":/" else action, label=label, digit=digit)
        for action, label, digit in _answers(below, tuple(labels), notice.source_kind)
    ]


@lru_cache(maxsize=1024)
def _answers(below: Below, labels: tuple[str, ...], source_kind: str) -> tuple[tuple[str, str, int | None], ...]:
    """Action up to its source, label and digit; in a broadcast they are the same for thousands."""
    named = labels or tuple(choice.label or "" for choice in below)
    return tuple(
        (_up_to_source(choice.action, source_kind), label, choice.digit)
        for choice, label in zip(below, named, strict=True)
    )


class _Said(NamedTuple):
    """All that the words of a push depend on; in a broadcast it is the same for thousands."""

    texts: InForce
    standing: tuple[tuple[str, Value], ...]
    unit: str
    name: str
    values: tuple[tuple[str, Value], ...]
    languages: tuple[str, ...]
    below: Below
    form: str
    again: bool
    dawn: bool


def _rendered(said: _Said) -> Bubble:
    parts = _parts(said)
    if said.form == "sms":
        return forms.short(said.texts, said.languages, parts[-1], dawn=said.dawn)
    return render.bubble(said.texts, said.languages, parts, said.below, echo=False, dawn=said.dawn)


def _parts(said: _Said) -> list[Part]:
    values = {**dict(said.standing), **dict(said.values)}
    part = Part(unit=said.unit, name=said.name, values=values)
    return [Part(unit="again", name="push"), part] if said.again else [part]


#: What stands below a push -> the message of unit `voice` that says what its pictures do.
_CLOSINGS = {
    ("come", "cannot", "where"): "come",
    ("join", "cannot", "where"): "come",
    ("after_all_not", "call", "where"): "day",
    ("later", "call", "where"): "hours",
    ("call", "where"): "place",
    ("call", "why"): "off",
    ("open",): "open",
}


def _voice(said: _Said, language: str) -> tuple[str, ...]:
    """The clips that say a push; in a broadcast they are the same for thousands."""
    key = (*said[1:], language)
    clip_ids = said.texts.heard.get(key)
    if clip_ids is None:
        clip_ids = _clips(said, language)
        render.remember(said.texts.heard, key, clip_ids)
    return clip_ids


def _clips(said: _Said, language: str) -> tuple[str, ...]:
    """With what its pictures do, as soon as the same speaker has read that too."""
    parts = _parts(said)
    closing = _CLOSINGS.get(tuple(choice.button for choice in said.below))
    whole = [*parts, Part(unit="voice", name=closing)] if closing and said.texts.has(language, "voice") else parts
    return clips.ready(said.texts, language, whole) or clips.ready(said.texts, language, parts)


def _said(bundle: Bundle, kind: Kind) -> tuple[str, Mapping[str, Value], Below]:
    """Which unit says it, with which values and answers: one notice's own, or that of several at once."""
    notice = bundle.lead
    if bundle.joined and all(other.step == "announced" for other in (notice, *bundle.joined)):
        count = 1 + len(bundle.joined)
        return "appointment.several", {**notice.values, "count": count}, OPEN_AGENDA
    if bundle.joined:
        return "message", _NO_VALUES, OPEN_AGENDA
    unit = notice.unit or kind.unit
    if unit.endswith(".place"):
        return unit, notice.values, PLACE_CHANGED[notice.kind]
    # A step that moved to the evening before says, and asks, what the day reminder does.
    return unit, notice.values, _BY_UNIT.get(unit, kind).choices


def _days(bundle: Bundle) -> tuple[str, dict[str, Value]]:
    """The first two days of several things, by name and values: a text message can't be opened, so it says them."""
    told = [notice.values for notice in (bundle.lead, *bundle.joined)]
    first, *others = sorted({f"{values['day']} {values['time']}": values for values in told}.items())
    said = {name: first[1][name] for name in ("day", "time")}
    if not others:
        return "sms_one", said
    return "sms_two", {**said, **{f"second_{name}": others[0][1][name] for name in ("day", "time")}}


def _up_to_source(action: str, source_kind: str) -> str:
    """The action, ready for the id of its source where it ends in a sign."""
    if action.startswith(_WITHOUT_SOURCE):
        return action
    return f"{action}:{source_kind}/" if action.startswith("call.") else f"{action}:"


def _says_as_much(kind: Kind, unit: str) -> bool:
    """Whether the template of this kind is true where the push would say this unit: a day and a time, or a new day."""
    if unit == kind.unit:
        return True
    told = _BY_UNIT.get(unit)
    template = told.template if told else _TEMPLATES.get(unit.partition(".")[2], FALLBACK)
    return template == kind.template


def _template(
    texts: InForce, settings: Settings, kind: Kind, notice: Claimed, route: Route, *, plain: bool
) -> Template | None:
    """The WhatsApp template that opens a conversation; anything but a plain step is only `bericht`."""
    if route.template_language is None:
        return None
    language, name = route.template_language, kind.template if plain else FALLBACK
    said = {value: notice.values[value] for value in kind.template_values} if plain else {}
    part = Part(unit="templates", name=name, values=forms.with_standing(said, settings))
    return Template(
        name=name,
        language=language,
        variables=tuple(written(value, language) for value in said.values()),
        text=render.plain(texts, language, part),
        label=render.label(texts, language, _OPEN),
    )
