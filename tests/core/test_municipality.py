from datetime import time, timedelta
from pathlib import Path

import pytest

from core import municipality
from core.municipality import FILE, Before, Municipality, MunicipalityError
from core.settings import SettingsError, load


def test_without_a_file_it_is_as_the_plan_has_it() -> None:
    local = municipality.parse("")
    assert local == Municipality()
    assert local.appointment.rungs == (("week", Before(days=7)), ("day", Before(days=1)), ("hours", Before(hours=2)))
    assert local.ladder("workshop").steps == ("day", "hours")
    assert (local.gaps.before("day"), local.gaps.before("hours")) == (timedelta(hours=12), timedelta(hours=3))
    assert local.gaps.before("changed") == timedelta()
    assert (local.pushes.a_day, local.pushes.a_week) == (2, 6)
    assert (local.moments.evening, local.moments.week_overview) == (time(20), time(18))
    assert (local.fallback.before_hours, local.clocks.pip_days, local.clocks.duo_notice_months) == (
        20,
        70,
        (12, 6, 3, 1),
    )


def test_a_ladder_of_its_own_replaces_the_whole_ladder() -> None:
    local = municipality.parse("[appointment]\nday = { days = 3 }\nhours = { hours = 5 }\n")
    assert local.appointment.rungs == (("day", Before(days=3)), ("hours", Before(hours=5)))
    assert local.workshop == Municipality().workshop


@pytest.mark.parametrize("written", ['"19:30"', "19:30:00"])
def test_a_wall_time_as_people_or_as_toml_write_it(written: str) -> None:
    assert municipality.parse(f"[moments]\nevening = {written}\n").moments.evening == time(19, 30)


def test_only_by_day() -> None:
    assert municipality.parse('[moments]\ndaytime = "10:00-16:30"\n').moments.daytime == (time(10), time(16, 30))


#: what the file says -> the key that the sentence names
NONSENSE = [
    ("x = 1", "x "),
    ("[appointment]\nmonth = { days = 30 }", "appointment.month"),
    ("[appointment]\nday = {}", "appointment.day"),
    ("[appointment]\nday = { days = 1, hours = 3 }", "appointment.day"),
    ("[appointment]\nday = { days = -1 }", "appointment.day.days"),
    ("[appointment]\nday = { days = 8 }\nweek = { days = 7 }", "appointment"),
    ("[workshop]\nday = { days = 1 }\nhours = { hours = 24 }", "workshop"),
    ("[workshop]\nday = 1", "workshop.day"),
    ("[gaps]\nday = '12'", "gaps.day"),
    ("[pushes]\na_day = 0", "pushes.a_day"),
    ("[pushes]\na_day = 7", "pushes"),
    ("[moments]\nevening = '24:00'", "moments.evening"),
    ("[moments]\nweek_overview = 18", "moments.week_overview"),
    ("[moments]\ndaytime = '09:00'", "moments.daytime"),
    ("[moments]\ndaytime = '18:00-09:00'", "moments"),
    ("[fallback]\nbefore_hours = true", "fallback.before_hours"),
    ("[clocks]\npip_days = 70.5", "clocks.pip_days"),
    ("[clocks]\npip_warn_weeks = [0]", "clocks.pip_warn_weeks"),
    ("[clocks]\npip_anchor = 'maandag'", "clocks.pip_anchor"),
    ("[appointment\n", "no TOML"),
]


@pytest.mark.parametrize(("text", "named"), NONSENSE)
def test_nonsense_is_refused_with_one_sentence_that_names_the_key(text: str, named: str) -> None:
    with pytest.raises(MunicipalityError) as refused:
        municipality.parse(text)
    sentence = str(refused.value)
    assert sentence.startswith(f"{FILE}: ")
    assert named in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


class TestWhereItStands:
    def test_in_the_data_folder_before_the_one_beside_it(self, tmp_path: Path) -> None:
        data = tmp_path / "var"
        data.mkdir()
        assert municipality.read(data) == Municipality()
        (tmp_path / FILE).write_text("[pushes]\na_day = 3\n")
        assert municipality.read(data).pushes.a_day == 3
        (data / FILE).write_text("[pushes]\na_day = 4\n")
        assert municipality.read(data).pushes.a_day == 4

    def test_the_settings_carry_it(self, tmp_path: Path) -> None:
        (tmp_path / FILE).write_text("[pushes]\na_day = 3\n")
        assert load(_env_file=None, data_dir=tmp_path).local.pushes.a_day == 3

    def test_a_wrong_file_stops_the_start_with_its_sentence(self, tmp_path: Path) -> None:
        (tmp_path / FILE).write_text("[pushes]\na_day = 0\n")
        with pytest.raises(SettingsError, match=r"^municipality.toml: pushes.a_day: .*\.$"):
            load(_env_file=None, data_dir=tmp_path)

    def test_so_does_one_that_is_no_text(self, tmp_path: Path) -> None:
        (tmp_path / FILE).write_bytes(b"\xff\xfe")
        with pytest.raises(SettingsError, match="UTF-8"):
            load(_env_file=None, data_dir=tmp_path)
