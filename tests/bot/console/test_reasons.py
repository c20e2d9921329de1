"""Every reason that the code can give a message has words for staff: read from the code itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

from bot.console import reasons, words
from messaging import dispatch
from messaging.twilio.codes import CODES
from scheduler import tasks
from scheduler.meetings import appointments
from scheduler.news import broadcasts
from scheduler.queue import receipts
from scheduler.sending import lateness

ROOT = Path(__file__).parents[3]
PACKAGES = ("messaging", "scheduler", "bot")

#: Calls that are given a reason, and where it stands among their arguments.
GIVEN = {
    "SendError": 1,
    "_Refusal": 1,
    "end": 3,
    "withdraw": 2,
    "withdraw_all": 2,
    "withdraw_others": 3,
    "_give_up": 4,
    "_call_off": 5,
    "_pause": 1,
    "put_off": 3,
}

#: What opens a task for staff: its reasons are looked up with its kind.
TASKS = frozenset({"open_task", "_open", "Task", "plan"})


def nodes() -> Iterator[ast.AST]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            yield from ast.walk(ast.parse(path.read_text()))


def name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def texts(node: ast.expr) -> set[str]:
    """The literal texts that an expression can be."""
    match node:
        case ast.Constant(value=str(text)):
            return {text} - {""}
        case ast.IfExp(body=one, orelse=other):
            return texts(one) | texts(other)
        case ast.BoolOp(values=values) | ast.Tuple(elts=values):
            return {text for value in values for text in texts(value)}
        case _:
            return set()


def assigned(node: ast.AST) -> set[str]:
    """The literal reasons that a statement puts on a row; tuples side by side."""
    if not isinstance(node, ast.Assign):
        return set()
    found: set[str] = set()
    for target in node.targets:
        both = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
        pairs = zip(target.elts, node.value.elts, strict=False) if both else [(target, node.value)]  # type: ignore[attr-defined]
        for place, value in pairs:
            if isinstance(place, ast.Attribute) and place.attr in ("reason", "dead_reason"):
                found |= texts(value)
    return found


def passed(node: ast.AST) -> set[str]:
    """The literal reasons that a call is given."""
    if not isinstance(node, ast.Call) or name(node) in TASKS:
        return set()
    place = GIVEN.get(name(node))
    found = texts(node.args[place]) if place is not None and len(node.args) > place else set()
    for keyword in node.keywords:
        found |= texts(keyword.value) if keyword.arg in ("reason", "dead_reason") else set()
    return found


def of_tasks(node: ast.AST) -> set[tuple[str, str]]:
    """The literal reasons of tasks, each with its kind (empty where that isn't written there)."""
    if not isinstance(node, ast.Call) or name(node) != "open_task":
        return set()
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    kind = given["kind"].attr.lower() if isinstance(given["kind"], ast.Attribute) else ""
    return {(kind, text) for text in texts(given["reason"])}


def test_every_reason_in_the_code_has_words() -> None:
    given = {code for node in nodes() for code in (*passed(node), *assigned(node))}
    named = {lateness.NOT_WANTED, receipts.NOT_FOUND, broadcasts.JUDGED, "paused", "left", "moved", "no_address"}
    tables = {reason for _, reason in CODES.values()} | set(dispatch.OBSTACLES)
    assert {"worker_lost", "channel_paused", "key_refused", "elsewhere"} <= given
    assert {code for code in given | named | tables if not reasons.known(code)} == set()


def test_every_reason_of_a_task_has_words() -> None:
    written = {pair for node in nodes() for pair in of_tasks(node)}
    assert ("wrong_card", "shared_phone") in written
    answers = {("decline", reason) for reason in appointments.REASONS}
    stopped = {("stopped", channel) for channel in ("telegram", "whatsapp", "sms", "stopped_at_provider")}
    others = {("call_me", "asked"), ("question", "rolmodel"), ("question", "municipality"), ("late", "late")}
    money = {(kind.value, kind.value) for kind in (tasks.Kind.NOT_RECEIVED, tasks.Kind.NO_FOOD)}
    every = written | answers | stopped | others | money
    silent = [(kind, why) for kind, why in every if not (words.task_reason(kind, why) or reasons.known(why))]
    assert silent == []


def test_no_code_is_shown() -> None:
    assert "zzz" not in reasons.words("zzz")
    assert reasons.words(None) == ""
