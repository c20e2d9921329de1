from argparse import Namespace
from pathlib import Path

import pytest

from bot import commands, installation
from core import settings
from core.settings import SettingsError


def test_a_demo_keeps_its_keys_to_its_owner_and_finds_them_again(tmp_path: Path) -> None:
    keys = installation.demo_keys(tmp_path / "var")
    assert installation.demo_keys(tmp_path / "var") == keys
    assert installation.is_demo(tmp_path / "var")
    assert [file.stat().st_mode & 0o077 for file in (tmp_path / "var").iterdir()] == [0]


def test_a_demo_never_moves_into_a_real_installation(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("1\n")
    with pytest.raises(SettingsError, match="real installation"):
        installation.demo_keys(tmp_path)
    assert not installation.is_demo(tmp_path)


def test_a_demo_says_so_where_its_folder_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="name another folder"):
        installation.demo_keys(tmp_path / "file")


def test_the_keys_of_a_demo_are_never_those_of_another_database(tmp_path: Path) -> None:
    installation.demo_keys(tmp_path)
    wanted = settings.load(_env_file=None, data_dir=tmp_path, database_url="postgresql://pim@localhost/pim")
    with pytest.raises(SettingsError, match="PIM_SECRET_KEYS is missing"):
        installation.install_keys(wanted)


def test_a_demo_is_open_to_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIM_BIND", "0.0.0.0:80")
    for port, bind in ((None, "127.0.0.1:8080"), (8099, "127.0.0.1:8099")):
        overrides = commands.demo_settings(Namespace(port=port, data=None))
        assert settings.load(_env_file=None, **overrides).bind == bind
