"""The matrix of privacy.md, cell by cell: every role, every action, every kind of object."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest

from core import permissions
from core.ids import new_id
from core.permissions import MATRIX, ROLES, is_logged, may

#: - no, yes, log: yes and always on record, C own caseload, B own people of a begeleider, W own partner's, L own
#: languages. The smaller roles (vertaler, tolk, fg) stand in the last columns.
PRIVACY = """
about    action            rolmodel klantmanager begeleider regisseur beheerder partner vertaler tolk fg
house    console           yes      yes          yes        yes       yes       yes     yes      yes  yes
person   person.name       -        C            B          log       -         W       -        -    -
person   person.list       -        C            B          log       -         -       -        -    -
person   person.edit       -        C            -          log       -         -       -        -    -
house    person.add        -        yes          -          yes       -         -       -        -    -
person   person.link       -        C            -          log       -         -       -        -    -
person   phone.masked      -        C            B          log       -         -       -        -    -
person   phone.reveal      -        C            -          log       -         -       -        -    -
person   leefgeld.amount   -        C            -          -         -         -       -        -    -
house    leefgeld.totals   -        yes          -          yes       -         -       -        -    -
house    leefgeld.import   -        yes          -          -         -         -       -        -    -
house    leefgeld.approve  -        yes          -          yes       -         -       -        -    -
person   sent.text         -        C            -          -         -         -       -        -    -
person   appointment.see   -        C            B          log       -         -       -        -    -
person   appointment.plan  -        C            B          log       -         -       -        -    -
person   task.see          -        C            B          yes       -         -       -        -    -
person   task.close        -        C            B          yes       -         -       -        -    -
workshop workshop.see      yes      yes          yes        yes       -         W       -        -    -
workshop workshop.plan     -        -            -          yes       -         W       -        -    -
workshop workshop.propose  -        yes          -          yes       -         -       -        -    -
person   workshop.invite   -        C            -          log       -         -       -        -    -
workshop attendance.see    -        C            -          log       -         W       -        -    -
workshop attendance.note   -        -            -          log       -         W       -        -    -
text     update.see        L        yes          -          yes       -         W       L        -    -
text     update.write      L        yes          -          yes       -         W       -        -    -
text     update.approve    L        yes          -          yes       -         -       L        -    -
text     update.second     -        yes          -          yes       -         -       -        -    -
text     update.withdraw   L        yes          -          yes       yes       -       -        -    -
text     update.recall    -        yes          -          yes       -         -       -        -    -
text     text.see          L        yes          -          yes       yes       -       L        -    -
text     text.approve      L        L            -          L         -         -       L        -    -
text     text.rated        L        yes          -          yes       -         -       L        -    -
text     text.ask          -        yes          -          yes       -         -       -        -    -
house    text.minor        -        -            -          yes       -         -       -        -    -
house    question.list     -        yes          -          yes       -         -       -        -    -
person   question.read     -        C            -          log       -         -       -        -    -
house    hours.see         -        -            -          yes       -         -       -        -    -
person   delivery.see      -        C            -          yes       yes       -       -        -    -
house    hold              -        yes          -          yes       yes       -       -        -    -
person   people.import     -        C            -          yes       -         -       -        -    -
person   agenda.import     -        C            -          yes       -         -       -        -    -
house    account.add       -        -            -          yes       yes       -       -        -    -
house    account.see       -        -            -          yes       yes       -       -        -    -
house    account.stop      -        -            -          yes       yes       -       -        -    -
house    audit.read        -        -            -          yes       yes       -       -        -    yes
"""

_HEAD, *_ROWS = [line.split() for line in PRIVACY.strip().splitlines()]
ABOUT = {row[1]: row[0] for row in _ROWS}
CELLS = {(role, row[1]): cell for row in _ROWS for role, cell in zip(_HEAD[2:], row[2:], strict=True)}


@dataclass(frozen=True, kw_only=True)
class Actor:
    """An account of a role, with Tigrinya and a partner."""

    role: str
    id: UUID = field(default_factory=new_id)
    languages: list[str] = field(default_factory=lambda: ["ti"])
    partner_id: UUID | None = field(default_factory=new_id)


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """An inburgeraar."""

    klantmanager_id: UUID | None = None
    begeleider_id: UUID | None = None


def people(actor: Actor) -> dict[str, Somebody]:
    """What a person can be to an account."""
    return {
        "C": Somebody(klantmanager_id=actor.id, begeleider_id=new_id()),
        "B": Somebody(klantmanager_id=new_id(), begeleider_id=actor.id),
        "a stranger": Somebody(klantmanager_id=new_id(), begeleider_id=new_id()),
        "nobody's": Somebody(),
    }


def objects(actor: Actor, action: str) -> dict[str, bool]:
    """Whether the account may do this to each kind of object there is."""
    if ABOUT[action] == "person":
        return {name: may(actor, action, one) for name, one in people(actor).items()}
    if ABOUT[action] == "text":
        return {"L": may(actor, action, language="ti"), "another language": may(actor, action, language="ar")}
    if ABOUT[action] == "workshop":
        own = may(actor, action, partner_id=actor.partner_id)
        return {"W": own, "another partner's": may(actor, action, partner_id=new_id())}
    return {"the house": may(actor, action)}


@pytest.mark.parametrize("action", ABOUT)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_its_cell_says_and_nothing_else(role: str, action: str) -> None:
    cell, actor = CELLS[role, action], Actor(role=role)
    for name, allowed in objects(actor, action).items():
        # An update is written for a partner and in a language: the partner's own workshops are checked elsewhere.
        elsewhere = {"C": "person", "B": "person", "L": "text", "W": "workshop"}.get(cell, ABOUT[action])
        if elsewhere == ABOUT[action]:
            assert allowed == (cell in ("yes", "log", name)), f"{role} {action} {name}"
    assert may(actor, action) == (cell != "-")
    assert is_logged(actor, action) == (cell == "log")


def test_the_code_knows_the_actions_and_roles_of_the_matrix_and_no_others() -> None:
    assert set(MATRIX) == set(ABOUT)
    assert {role for role, _ in CELLS} == set(ROLES) == set(permissions.STAFF)
    assert {role for roles in MATRIX.values() for role in roles} <= set(ROLES)


@pytest.mark.parametrize("role", ["inburgeraar", "", "Regisseur", "regisseur "])
def test_an_unknown_role_may_nothing(role: str) -> None:
    assert not any(may(Actor(role=role), action) for action in MATRIX)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ["", "person", "person.delete", "PERSON.NAME"])
def test_an_unknown_action_is_refused_to_all(role: str, action: str) -> None:
    assert not may(Actor(role=role), action)
    assert not is_logged(Actor(role=role), action)


def test_a_partner_sees_nobody_who_was_not_asked_for_with_a_workshop() -> None:
    partner = Actor(role="partner")
    for somebody in people(partner).values():
        assert not may(partner, "person.name", somebody)
        assert not may(partner, "person.name", somebody, partner_id=new_id())
        assert may(partner, "person.name", somebody, partner_id=partner.partner_id)


def test_a_partner_of_no_organisation_reaches_no_workshop() -> None:
    lost = Actor(role="partner", partner_id=None)
    assert not may(lost, "workshop.plan", partner_id=new_id())


def test_who_is_klantmanager_and_begeleider_of_nobody_reaches_nobody() -> None:
    for role in ("klantmanager", "begeleider"):
        assert not may(Actor(role=role), "person.name", Somebody())


def test_the_matrix_cannot_be_changed_at_run_time() -> None:
    with pytest.raises(TypeError, match="does not support item assignment"):
        MATRIX["person.name"] = {}  # type: ignore[index]
