"""Every button leads somewhere, and every message that a scene names stands in the Dutch catalogue."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.conversation.register import SCENES
from content.catalogue import load
from content.kinds import APPOINTMENTS, NOTICES, OPEN_AGENDA, PLACE_CHANGED, VARIANTS
from content.placeholders import placeholders
from messaging.segments import count
from scheduler.sending import forms
from tests.bot.phones import SETTINGS

DUTCH = load(("nl",)).bodies["nl"]
FILES = sorted(Path("bot/scenes").glob("*.py"))

#: As long as they get in Dutch, or as a person or a municipality has them.
LONGEST = {
    "day": "donderdag 28 september",
    "old_day": "donderdag 21 september",
    "second_day": "donderdag 28 september",
    "until_day": "woensdag 27 september",
    "count": "12",
    "times": "09:02, 10:15, 12:00",
    "name": "De gemeente",
}


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield file.name, node


def literals(*nodes: ast.expr) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def exists(action: str) -> bool:
    name, _, verb = action.partition(".")
    return name in SCENES and verb.partition(":")[0] in SCENES[name].actions


def test_every_push_leads_to_a_scene_or_waits_for_one() -> None:
    pushed = {choice.action for kind in NOTICES.values() for choice in kind.choices}
    pushed |= {choice.action for choice in (*OPEN_AGENDA, *(c for below in PLACE_CHANGED.values() for c in below))}
    assert {action for action in pushed if not exists(action)} <= {"question.open", "term.open", "survey.open"}


def test_every_button_of_a_scene_leads_to_a_scene() -> None:
    named = [(file, text[1]) for file, call in calls("button") if len(text := literals(*call.args[:2])) == 2]
    assert len(named) > 60
    assert [(file, action) for file, action in named if not exists(action)] == []


def test_every_button_of_a_scene_has_a_label() -> None:
    named = {text[0] for _, call in calls("button") if (text := literals(*call.args[:1]))}
    assert named - DUTCH["buttons"].keys() == set()


def test_every_part_of_a_scene_has_its_message_and_its_values() -> None:
    for file, call in calls("part"):
        text = literals(*call.args[:2])
        if len(text) < 2 or any(keyword.arg is None for keyword in call.keywords):
            continue
        unit, name = text
        needed = placeholders(DUTCH[unit][name][-1]) - forms.standing(SETTINGS).keys()
        given = {keyword.arg for keyword in call.keywords}
        assert needed <= given, f"{file}: {unit}/{name} needs {needed - given}"


def test_every_kind_and_push_has_its_words() -> None:
    assert set(APPOINTMENTS) | {"workshop"} == DUTCH["kinds"].keys()
    units = {kind.unit for kind in NOTICES.values()} | {unit for variants in VARIANTS.values() for unit in variants}
    assert [unit for unit in units if not {"push", "sms"} <= DUTCH.get(unit, {}).keys()] == []


@pytest.mark.parametrize(
    ("unit", "name"), [(unit, name) for unit, body in DUTCH.items() for name in body if name.startswith("sms")]
)
def test_every_short_form_is_one_segment(unit: str, name: str) -> None:
    standing = {key: str(value) for key, value in forms.standing(SETTINGS).items()}
    values = {**standing, **LONGEST}
    for text in DUTCH[unit][name]:
        for key in placeholders(text):
            text = text.replace("{" + key + "}", values.get(key, "10:00"))
        assert (count(text).encoding, count(text).segments) == ("gsm7", 1), text
