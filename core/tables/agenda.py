"""What happens on which day: workshops and their sessions, appointments, terms."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sealed import SealedJson, SealedText
from core.tables.base import Base

WallTime = DateTime(timezone=False)


class Place(Base):
    """A building where sessions are held; not personal."""

    __tablename__ = "place"

    name: Mapped[str] = mapped_column(unique=True)
    street: Mapped[str | None]
    town: Mapped[str]


class Partner(Base):
    """An organisation that gives workshops."""

    __tablename__ = "partner"

    name: Mapped[str] = mapped_column(unique=True)


class Workshop(Base):
    """A theme that is given again and again; its sessions have the days."""

    __tablename__ = "workshop"

    title: Mapped[str] = mapped_column(unique=True)
    summary: Mapped[str]  #: easy Dutch, one or two sentences
    leefgebied: Mapped[str]
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    counts_for: Mapped[str | None]  #: pvt | map
    excursie: Mapped[bool] = mapped_column(default=False)
    kernwaarde: Mapped[bool] = mapped_column(default=False)
    minutes: Mapped[int]
    open_activity: Mapped[bool] = mapped_column(default=False)  #: taalcafe and the like: no sign-up, no steps


class Session(Base):
    """One day of a workshop."""

    __tablename__ = "workshop_session"

    workshop_id: Mapped[UUID] = mapped_column(ForeignKey("workshop.id"), index=True)
    wall_time: Mapped[datetime] = mapped_column(WallTime)
    zone: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(index=True)  #: derived from wall time and zone
    minutes: Mapped[int]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))
    capacity: Mapped[int]
    childcare: Mapped[bool] = mapped_column(default=False)
    women_only: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(default="planned")  #: planned | cancelled
    door_code: Mapped[str | None]  #: four digits, read aloud at the door
    version: Mapped[int] = mapped_column(default=1)  #: grows with every change that people must hear of
    created_at: Mapped[datetime]


class Enrolment(Base):
    """A person's seat, or place in the queue for one."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("session_id", "person_id"), Index(None, "person_id"))

    session_id: Mapped[UUID] = mapped_column(ForeignKey("workshop_session.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    status: Mapped[str]  #: invited | declined | enrolled | waiting | offered | cancelled | attended | absent
    since: Mapped[datetime]  #: order of the waiting list
    offer_until: Mapped[datetime | None]


class Attendance(Base):
    """Whether somebody was there, and who says so; a dispute counts as unknown."""

    __tablename__ = "attendance"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), unique=True)
    present: Mapped[bool | None]
    disputed: Mapped[bool] = mapped_column(default=False)
    noted_by: Mapped[UUID | None]
    at: Mapped[datetime]


class Appointment(Base):
    """One-to-one, at a wall time; place and company encrypted."""

    __tablename__ = "appointment"
    __table_args__ = (Index(None, "person_id", "starts_at"), Index(None, "starts_at"))

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str]  #: a code of content.kinds.APPOINTMENTS
    wall_time: Mapped[datetime] = mapped_column(WallTime)
    zone: Mapped[str]
    starts_at: Mapped[datetime]  #: derived from wall time and zone
    minutes: Mapped[int]
    place_sealed: Mapped[bytes | None]
    place = SealedText("place_sealed")
    with_sealed: Mapped[bytes | None]
    with_whom = SealedText("with_sealed")
    tolk: Mapped[str | None]  #: language of the interpreter
    status: Mapped[str] = mapped_column(default="planned")  #: planned | cancelled
    answer: Mapped[str | None]  #: yes | no | late
    answered_at: Mapped[datetime | None]
    decline_reason: Mapped[str | None]  #: lesson | children | transport | other | unsaid; never illness
    version: Mapped[int] = mapped_column(default=1)  #: grows with every move or cancellation
    previous_sealed: Mapped[bytes | None]
    previous = SealedJson("previous_sealed")  #: as it was before the last change, while that can be taken back
    changed_at: Mapped[datetime | None]  #: of the last move or cancellation
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class Deadline(Base):
    """A term of the law or the plan, and whether it still runs."""

    __tablename__ = "deadline"
    __table_args__ = (Index(None, "person_id", "kind"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str]  #: pip | duo | ontzorgen | voortgangsgesprek
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    status: Mapped[str] = mapped_column(default="running")  #: running | done | exempt | extended | stopped
