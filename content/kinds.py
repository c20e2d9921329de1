"""Every kind of notice and the steps it has: which unit it says, what can be answered, what doubt means.

`interfaces.md` of the design fixes the kinds and steps. The texts themselves are units of the catalogue:
`push` for an app's bubble, `sms` for its short form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from content.parts import Choice

Doubt = Literal["once_more", "never", "staff"]

URGENT, SINGLE, BULK = 1, 2, 3  #: priorities; answers to taps come before all of them

#: Kinds of one-to-one appointment (domain.md), in the order of the console's list.
APPOINTMENTS = (
    "brede_intake",
    "leerbaarheidstoets",
    "pip_gesprek",
    "pip_tekenen",
    "voortgangsgesprek",
    "eindgesprek",
    "maatschappelijke_begeleiding",
    "huisbezoek",
    "huishoudboekje_gesprek",
    "budgetcoach",
    "taalles",
    "instroomklas",
    "examen_lezen",
    "examen_luisteren",
    "examen_schrijven",
    "examen_spreken",
    "examen_knm",
    "pvt_ondertekening",
    "map_gesprek",
    "werkervaringsplaats",
    "jobcoach",
    "vrijwilligerswerk",
    "oudergesprek",
    "klankbordgroep",
)

#: Kinds that live in the week overview and are not pushed one by one.
WITHOUT_STEPS = frozenset({"taalles", "instroomklas"})

#: Never shown on a shared phone, also not behind the pictures.
NEVER_SHARED = frozenset({"huisbezoek"})


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How one step of one kind is pushed. Its choices get the source's id as their argument."""

    unit: str
    choices: tuple[Choice, ...]
    doubt: Doubt
    priority: int = SINGLE
    silent: bool = False
    template: str = "bericht"  #: the WhatsApp template that may open a conversation with it
    template_values: tuple[str, ...] = ()  #: its variables, by the names of the push's values
    needs_answer: bool = False  #: unanswered: next address, then the call list


def _choice(button: str, action: str, digit: int | None = None) -> Choice:
    return Choice(button=button, action=action, digit=digit)


_CALL = _choice("call", "call.ask", 3)
_OPEN = "open"


def _pushes(scene: str) -> Mapping[str, tuple[Choice, ...]]:
    """The answers below an appointment's or a workshop's pushes, in the fixed order of pictograms."""
    yes = _choice("come" if scene == "appointment" else "join", f"{scene}.yes", 1)
    no, where = _choice("cannot", f"{scene}.no", 2), _choice("where", f"{scene}.where")
    after_all, late = _choice("after_all_not", f"{scene}.no", 2), _choice("later", f"{scene}.late")
    return {
        "ask": (yes, no, where),
        "day": (after_all, _CALL, where),
        "hours": (late, _CALL, where),
        "place": (_CALL, where),
        "cancelled": (_CALL, _choice("why", f"{scene}.why")),
    }


def _news(action: str, doubt: Doubt, *, silent: bool = False, priority: int = SINGLE) -> Kind:
    """A push that says no more than that there is a message."""
    return Kind(unit="message", choices=(_choice(_OPEN, action),), doubt=doubt, silent=silent, priority=priority)


def _table() -> dict[tuple[str, str], Kind]:
    table: dict[tuple[str, str], Kind] = {}
    for scene in ("appointment", "workshop"):
        below = _pushes(scene)
        for step, choices, priority, template, needs_answer in (
            ("announced", below["ask"], SINGLE, "afspraak", True),
            ("week", below["ask"], SINGLE, "afspraak", True),
            ("day", below["day"], SINGLE, "afspraak", False),
            ("hours", below["hours"], SINGLE, "afspraak", False),
            ("changed", below["ask"], URGENT, "nieuwe_dag", True),
            ("cancelled", below["cancelled"], URGENT, "gaat_niet_door", False),
        ):
            if scene == "workshop" and step in ("announced", "week"):
                continue  # signing up is the announcement
            table[scene, step] = Kind(
                unit=f"{scene}.{step}",
                choices=choices,
                doubt="once_more",
                priority=priority,
                template=template,
                template_values=("day", "time"),
                needs_answer=needs_answer,
            )
    # Only where a municipality's own ladder has it: who signed up isn't asked again.
    table["workshop", "week"] = replace(table["workshop", "day"], unit="workshop.ahead")
    table["workshop", "invitation"] = Kind(
        unit="workshop.invitation",
        choices=(_choice(_OPEN, "workshop.open"), _choice("not_now", "workshop.no", 2)),
        doubt="never",
        priority=BULK,
    )
    table["workshop", "offered"] = Kind(
        unit="workshop.offered",
        choices=(
            _choice("join", "workshop.yes", 1),
            _choice("not_now", "workshop.no", 2),
            _choice("where", "workshop.where"),
        ),
        doubt="once_more",
        priority=URGENT,
    )
    table["workshop", "missed"] = _news("workshop.missed", "never")
    table["leefgeld", "announced"] = _news("leefgeld.open", "staff", silent=True)
    for step in ("paid", "returned", "late"):
        table["leefgeld", step] = _news("leefgeld.open", "staff")
    table["update", ""] = _news("updates.open", "never", priority=BULK)
    table["update", "changed"] = _news("updates.open", "never")
    table["week", ""] = Kind(unit="week", choices=(_choice(_OPEN, "agenda.open"),), doubt="never", priority=BULK)
    table["work", ""] = Kind(
        unit="work",
        choices=(
            _choice("begin", "rolmodel.begin"),
            _choice("tonight", "rolmodel.tonight"),
            _choice("not_this_week", "rolmodel.not_this_week"),
        ),
        doubt="never",
    )
    table["work", "question"] = Kind(
        unit="work.question",
        choices=(_choice("look", "relay.open"), _choice("off_duty", "duty.off"), _choice("pass_on", "relay.pass")),
        doubt="never",
        priority=URGENT,
    )
    table["answer", ""] = _news("answer.open", "never")
    return table


#: (kind, step) -> how it is pushed. Other units a push of that step may say instead are in `VARIANTS`.
NOTICES: Mapping[tuple[str, str], Kind] = MappingProxyType(_table())

#: Units that stand in for a step's own: several at once, made late, another day, only time or place changed.
VARIANTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "appointment.announced": ("appointment.several", "appointment.soon"),
        "appointment.week": ("appointment.ahead", "appointment.day", "appointment.hours"),
        "appointment.day": ("appointment.hours", "appointment.ahead"),
        "appointment.hours": ("appointment.day", "appointment.ahead"),
        "appointment.changed": ("appointment.time", "appointment.place", "appointment.announced"),
        "workshop.ahead": ("workshop.day", "workshop.hours"),
        "workshop.day": ("workshop.hours", "workshop.ahead"),
        "workshop.hours": ("workshop.day", "workshop.ahead"),
        "workshop.changed": ("workshop.time", "workshop.place"),
    }
)

#: What stands below "several at once" and "only the place changed".
OPEN_AGENDA = (_choice(_OPEN, "agenda.open"),)
PLACE_CHANGED: Mapping[str, tuple[Choice, ...]] = MappingProxyType(
    {scene: _pushes(scene)["place"] for scene in ("appointment", "workshop")}
)
