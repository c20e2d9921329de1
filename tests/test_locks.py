"""The locks: they hold what pyproject.toml asks for, agree with each other, and name no place to fetch from."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ROOT / "locks"
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())


def pinned(lock: str) -> dict[str, str]:
    """Package -> version."""
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z]+\])?==([^ ]+)", (LOCKS / lock).read_text(), re.MULTILINE))


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!; ]", requirement)[0].lower() for requirement in requirements}


def test_what_runs_is_locked() -> None:
    wanted = names(PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["build"])
    assert wanted <= set(pinned("run.txt"))


def test_what_tests_is_locked_beside_the_same_versions() -> None:
    assert names(PYPROJECT["dependency-groups"]["dev"]) <= set(pinned("dev.txt"))
    assert pinned("run.txt").items() <= pinned("dev.txt").items()


@pytest.mark.parametrize("lock", sorted(path.name for path in LOCKS.glob("*.txt")))
def test_every_package_has_a_hash_and_no_address(lock: str) -> None:
    text = (LOCKS / lock).read_text()
    assert pinned(lock)
    assert all("--hash=sha256:" in part for part in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:])
    assert "://" not in text


def test_browser_packages_have_a_hash_and_no_address() -> None:
    lock = json.loads((LOCKS / "node" / "package-lock.json").read_text())["packages"]
    wanted = json.loads((LOCKS / "node" / "package.json").read_text())["dependencies"]

    assert lock.pop("")["dependencies"] == wanted
    assert all("integrity" in package and "resolved" not in package for package in lock.values())
