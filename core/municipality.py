"""What one municipality does in its own way: reminders, gaps, caps and the clocks of its plan, from one file."""

import tomllib
from collections.abc import Mapping
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError, field_validator, model_validator

FILE = "municipality.toml"

Step = Literal["week", "day", "hours"]
Subject = Literal["appointment", "workshop"]

Count = Annotated[StrictInt, Field(ge=1, le=100)]
Hours = Annotated[StrictInt, Field(ge=0, le=168)]
Months = tuple[Annotated[StrictInt, Field(ge=1, le=60)], ...]
Weeks = tuple[Annotated[StrictInt, Field(ge=1, le=104)], ...]


class MunicipalityError(ValueError):
    """The file is wrong; the text is one sentence that names the key."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Before(_Part):
    """How long before the start a reminder goes: calendar days at the same wall time, or real hours."""

    days: Annotated[StrictInt, Field(ge=0, le=60)] = 0
    hours: Annotated[StrictInt, Field(ge=0, le=72)] = 0

    @model_validator(mode="after")
    def _one_of_both(self) -> "Before":
        if bool(self.days) == bool(self.hours):
            raise ValueError("names days or hours, one of both, and more than 0")
        return self

    @property
    def roughly(self) -> timedelta:
        """To put reminders in order."""
        return timedelta(days=self.days, hours=self.hours)


class Ladder(_Part):
    """The reminders of one thing; one that isn't named isn't sent."""

    week: Before | None = None
    day: Before | None = None
    hours: Before | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Ladder":
        rungs = [before.roughly for _, before in self.rungs]
        if any(later >= sooner for sooner, later in pairwise(rungs)):
            raise ValueError("goes down: week before day, day before hours")
        return self

    @property
    def rungs(self) -> tuple[tuple[Step, Before], ...]:
        """The reminders that are sent, first to last."""
        named: tuple[tuple[Step, Before | None], ...] = (("week", self.week), ("day", self.day), ("hours", self.hours))
        return tuple((step, before) for step, before in named if before is not None)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Their names, first to last."""
        return tuple(step for step, _ in self.rungs)


class Gaps(_Part):
    """How many hours after the previous step really went a reminder is still of use."""

    week: Hours = 12
    day: Hours = 12
    hours: Hours = 3

    def before(self, step: str) -> timedelta:
        """The gap that a reminder keeps; other steps keep none."""
        return timedelta(hours=getattr(self, step)) if step in Gaps.model_fields else timedelta()


class Pushes(_Part):
    """How many pushes a person gets at most; changes don't count."""

    a_day: Count = 2
    a_week: Count = 6

    @model_validator(mode="after")
    def _in_proportion(self) -> "Pushes":
        if self.a_week < self.a_day:
            raise ValueError("a_week is less than a_day")
        return self


class Moments(_Part):
    """Wall times."""

    evening: time = time(20)  #: a reminder that quiet hours push away goes then, the evening before
    week_overview: time = time(18)  #: on Sunday
    daytime: tuple[time, time] = (time(9), time(18))  #: for who chose "only by day"

    @field_validator("evening", "week_overview", mode="before")
    @classmethod
    def _wall_time(cls, value: Any) -> Any:
        return _time(value)

    @field_validator("daytime", mode="before")
    @classmethod
    def _wall_times(cls, value: Any) -> Any:
        if isinstance(value, tuple):
            return value
        starts, dash, ends = str(value).partition("-")
        if not dash:
            raise ValueError("is written as 09:00-18:00")
        return _time(starts.strip()), _time(ends.strip())

    @model_validator(mode="after")
    def _by_day(self) -> "Moments":
        if self.daytime[0] >= self.daytime[1]:
            raise ValueError("daytime begins before it ends")
        return self


class Fallback(_Part):
    """When somebody who didn't answer, or wasn't reached, is looked for in another way."""

    before_hours: Annotated[StrictInt, Field(ge=1, le=168)] = 20  #: the start
    patience_hours: Annotated[StrictInt, Field(ge=1, le=72)] = 2  #: after the last try


class Clocks(_Part):
    """The terms of the law and the plan (domain of PIM)."""

    pip_anchor: Literal["brede_intake", "term_start"] = "brede_intake"
    pip_days: Annotated[StrictInt, Field(ge=1, le=365)] = 70
    pip_warn_weeks: Weeks = (6, 8, 9)
    voortgangsgesprek_months: Months = (3, 6, 9, 12)
    voortgangsgesprek_every_months: Annotated[StrictInt, Field(ge=1, le=24)] = 6  #: after those
    pvt_hours: Annotated[StrictInt, Field(ge=1, le=200)] = 12
    pvt_excursies: Annotated[StrictInt, Field(ge=0, le=20)] = 1
    z_course_hours: Annotated[StrictInt, Field(ge=1, le=5000)] = 800
    z_participation_hours: Annotated[StrictInt, Field(ge=1, le=5000)] = 800
    ontzorgen_months: Annotated[StrictInt, Field(ge=1, le=60)] = 6
    ontzorgen_notice_days: Annotated[StrictInt, Field(ge=1, le=180)] = 30
    toeslagen_weeks: Weeks = (1, 3, 6, 9, 12)
    duo_notice_months: Months = (12, 6, 3, 1)
    survey_every_months: Annotated[StrictInt, Field(ge=1, le=60)] = 12


_LONG_BEFORE = Before(days=7)
_THE_DAY_BEFORE = Before(days=1)
_SOON_BEFORE = Before(hours=2)


class Municipality(_Part):
    """The settings file of one municipality; what it doesn't name is as PIM's plan has it."""

    appointment: Ladder = Ladder(week=_LONG_BEFORE, day=_THE_DAY_BEFORE, hours=_SOON_BEFORE)
    workshop: Ladder = Ladder(day=_THE_DAY_BEFORE, hours=_SOON_BEFORE)
    gaps: Gaps = Gaps()
    pushes: Pushes = Pushes()
    moments: Moments = Moments()
    fallback: Fallback = Fallback()
    clocks: Clocks = Clocks()

    def ladder(self, subject: Subject) -> Ladder:
        """The reminders of an appointment or a workshop."""
        return self.appointment if subject == "appointment" else self.workshop


def parse(text: str) -> Municipality:
    """What the file says; MunicipalityError with one sentence that names the key."""
    try:
        return Municipality.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise MunicipalityError(f"{FILE}: this is no TOML ({error}).") from None
    except ValidationError as error:
        raise MunicipalityError(f"{FILE}: {_sentence(error.errors()[0])}.") from None


def read(data_dir: Path) -> Municipality:
    """The file in the data folder, else the one beside that folder, else the defaults."""
    for folder in (data_dir, data_dir.parent):
        try:
            return parse((folder / FILE).read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except UnicodeDecodeError:
            raise MunicipalityError(f"{FILE}: this is no UTF-8 text; save it as UTF-8.") from None
        except OSError as error:
            raise MunicipalityError(f"{FILE}: it can't be read ({error.strerror}).") from None
    return Municipality()


def _time(value: Any) -> Any:
    """A wall time as TOML writes it (18:00:00), or as people do ("18:00")."""
    if isinstance(value, time):
        return value
    if isinstance(value, str) and len(value) in (4, 5) and ":" in value:
        hour, _, minute = value.partition(":")
        if hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and len(minute) == 2 and int(minute) < 60:
            return time(int(hour), int(minute))
    raise ValueError(f"{value!r} is no time; write for example 18:00")


def _sentence(problem: Mapping[str, Any]) -> str:
    key = ".".join(str(part) for part in problem["loc"]) or "the file"
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        return f"{key} is no key of this file; they are in docs/settings.md"
    return f"{key}: {message[:1].lower()}{message[1:]}"
