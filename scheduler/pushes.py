"""A notice becomes a push: neutral as a whole, in the form its address needs (pure)."""

from collections.abc import Sequence
from dataclasses import replace

from content import render
from content.inforce import InForce
from content.kinds import NOTICES, OPEN_AGENDA, PLACE_CHANGED, Kind
from content.parts import Choice, Part, Value
from content.values import written
from core.ids import short
from core.settings import Settings
from messaging.channel import Outgoing, Template
from messaging.dispatch import Route
from scheduler import forms
from scheduler.bundles import Bundle
from scheduler.claims import Claimed

#: Actions that start from the person, not from one source.
_WITHOUT_SOURCE = ("agenda.", "rolmodel.")

_BY_UNIT = {kind.unit: kind for kind in NOTICES.values() if kind.unit != "message"}


def push(
    texts: InForce, settings: Settings, bundle: Bundle, languages: Sequence[str], route: Route, *, shared: bool
) -> tuple[Outgoing, tuple[Choice, ...], str]:
    """The message, what can be answered, and the source hash of the text that is said."""
    notice, kind = bundle.lead, NOTICES[bundle.lead.kind, bundle.lead.step]
    unit, values, below = _said(bundle, kind)
    if shared:
        unit, values, below = "shared", {}, (_opening(below),)
    values = forms.with_standing(values, settings)
    choices = tuple(replace(choice, action=_with_source(choice.action, notice)) for choice in below)
    if route.form == "sms":
        bubble = render.sms(texts, languages, Part(unit=unit, name="sms", values=values))
    else:
        bubble = render.bubble(texts, languages, _parts(notice, unit, values), choices, echo=False)
    message = forms.outgoing(
        bubble,
        choices,
        route.channel,
        pushed=True,
        silent=kind.silent,
        use_by=notice.use_by,
        template=_template(kind, notice, route, shared=shared, alone=unit == kind.unit),
    )
    return message, choices, bubble.text_hash


def _said(bundle: Bundle, kind: Kind) -> tuple[str, dict[str, Value], tuple[Choice, ...]]:
    """Which unit says it, with which values and answers: one notice's own, or that of several at once."""
    notice = bundle.lead
    if bundle.joined and all(other.step == "announced" for other in (notice, *bundle.joined)):
        count = 1 + len(bundle.joined)
        return "appointment.several", {**notice.values, "count": count}, OPEN_AGENDA
    if bundle.joined:
        return "message", {}, OPEN_AGENDA
    unit = notice.unit or kind.unit
    if unit.endswith(".place"):
        return unit, dict(notice.values), PLACE_CHANGED[notice.kind]
    # A step that moved to the evening before says, and asks, what the day reminder does.
    return unit, dict(notice.values), _BY_UNIT.get(unit, kind).choices


def _parts(notice: Claimed, unit: str, values: dict[str, Value]) -> list[Part]:
    said = Part(unit=unit, name="push", values=values)
    return [Part(unit="again", name="push"), said] if notice.again else [said]


def _opening(choices: Sequence[Choice]) -> Choice:
    """What opens the details; on a shared phone it is all that stands below a push."""
    shows = [choice for choice in choices if choice.button in ("open", "where", "why", "begin")]
    return replace(shows[-1], button="open", digit=None)


def _with_source(action: str, notice: Claimed) -> str:
    if action.startswith(_WITHOUT_SOURCE):
        return action
    if action.startswith("call."):
        return f"{action}:{notice.source_kind}/{short(notice.source_id)}"
    return f"{action}:{short(notice.source_id)}"


def _template(kind: Kind, notice: Claimed, route: Route, *, shared: bool, alone: bool) -> Template | None:
    """The WhatsApp template that opens a conversation; anything but a plain step is only `bericht`."""
    if route.form != "template" or route.template_language is None:
        return None
    language = route.template_language
    if shared or not alone:
        return Template(name="bericht", language=language)
    variables = tuple(written(notice.values[name], language) for name in kind.template_values)
    return Template(name=kind.template, language=language, variables=variables)
