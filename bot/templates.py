"""WhatsApp's templates: submitted to Meta, asked after, and found by the channel when it sends."""

import asyncio
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from content import templates
from content.inforce import InForce
from content.templates import Wording
from core.clock import Clock
from core.database import Database
from core.languages import LANGUAGES, SOURCE
from core.settings import Settings
from core.tables.channels import TemplateState
from messaging.channel import SendError
from messaging.twilio import forms as twilio_forms
from messaging.twilio.content import Contents
from scheduler.errands import Errand

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=10)  #: Meta takes minutes to days
REMEMBERED = timedelta(minutes=1)  #: an approval is in use at most so much later

#: Approvals with which a ContentSid may be used.
USABLE = ("approved", "session")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One template in one language: where it stands."""

    template: str
    language: str
    state: str
    why: str = ""


async def submit(
    database: Database, clock: Clock, settings: Settings, texts: InForce, contents: Contents
) -> list[Line]:
    """Make what isn't made, submit what is new or reads otherwise now. SendError half-way; again does no harm."""
    lines = [await _make(database, clock, contents, count) for count in twilio_forms.CHOICES]
    wordings = templates.wordings(texts, settings.languages, settings.municipality)
    return lines + [await _submit(database, clock, contents, wording) for wording in wordings]


async def poll(database: Database, clock: Clock, contents: Contents) -> list[Line]:
    """Ask Meta after every template and keep what it says. Raises SendError half-way; what was heard is kept."""
    async with database.begin() as session:
        query = select(TemplateState).where(TemplateState.approval != "session")
        states = list(await session.scalars(query.order_by(TemplateState.language, TemplateState.template)))
    return [await _ask(database, clock, contents, state) for state in states]


def errand(contents: Contents) -> Errand:
    """The errand that asks Meta now and then."""

    async def run(database: Database, clock: Clock) -> int:
        try:
            return len(await poll(database, clock, contents))
        except SendError as error:
            log.warning("templates_not_asked", reason=error.reason)
            return 0

    return Errand(name="templates", every=EVERY, run=run)


class ContentSids:
    """(template, language) -> ContentSid that may be used; read again every minute, so an approval needs no restart."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._read_at: datetime | None = None
        self._sids: Mapping[tuple[str, str], str] = {}
        self._reading = asyncio.Lock()

    async def __call__(self, template: str, language: str) -> str | None:
        """The ContentSid, or None where there is none. While the database is away, that of before."""
        async with self._reading:
            if self._read_at is None or self._clock.real() - self._read_at >= REMEMBERED:
                await self._read()
        return self._sids.get((template, language))

    async def _read(self) -> None:
        query = select(TemplateState).where(TemplateState.approval.in_(USABLE), TemplateState.content_sid.is_not(None))
        try:
            async with self._database.begin() as session:
                states = list(await session.scalars(query))
        except (SQLAlchemyError, OSError) as error:
            log.info("templates_kept", error=type(error).__name__)
            return
        self._sids = {(state.template, state.language): str(state.content_sid) for state in states}
        self._read_at = self._clock.real()


async def _make(database: Database, clock: Clock, contents: Contents, count: int) -> Line:
    """The form for so many answers; used inside the 24 hours, so nobody approves it."""
    name = twilio_forms.CHOICES[count]
    async with database.begin() as session:
        known = await _state(session, name, SOURCE)
    if known is None or known.content_sid is None:
        types, examples = twilio_forms.choices(count), twilio_forms.examples(count)
        sid = await contents.create(f"pim_{name}", SOURCE, types, examples)
        await _keep(database, name, SOURCE, content_sid=sid, approval="session", checked_at=clock.now())
    return Line(template=name, language=SOURCE, state="session")


async def _submit(database: Database, clock: Clock, contents: Contents, wording: Wording) -> Line:
    digest = hashlib.sha256(f"{wording.body}\n{wording.button}".encode()).hexdigest()
    async with database.begin() as session:
        known = await _state(session, wording.name, wording.language)
    if known is not None and known.text_hash == digest:
        return Line(template=wording.name, language=wording.language, state=known.approval, why=known.why or "")
    if why := templates.flaw(wording.body):
        return Line(template=wording.name, language=wording.language, state="wrong", why=why)
    # Meta keeps a name for ever, also that of a try that broke off here.
    name = f"pim_{wording.name}_{secrets.token_hex(4)}"
    types = twilio_forms.template(wording.body, wording.button, templates.BUTTON.action)
    sid = await contents.create(name, LANGUAGES[wording.language].whatsapp or SOURCE, types, wording.examples)
    await contents.submit(sid, name)
    state = "approved" if known is not None and known.approval == "approved" else "pending"
    changed = {"waiting_sid": sid, "text_hash": digest, "approval": state, "why": None, "checked_at": clock.now()}
    await _keep(database, wording.name, wording.language, **changed)
    return Line(template=wording.name, language=wording.language, state="pending")


async def _ask(database: Database, clock: Clock, contents: Contents, state: TemplateState) -> Line:
    """What Meta says of the words that wait, or else of those in use, which it may take back."""
    sid = state.waiting_sid or state.content_sid
    if sid is None:
        return Line(template=state.template, language=state.language, state=state.approval, why=state.why or "")
    said = await contents.approval(sid)
    changed: dict[str, object] = {"checked_at": clock.now(), "why": said.why or None}
    if state.waiting_sid is None:
        changed["approval"] = said.state
    elif said.state == "approved":
        changed |= {"approval": "approved", "content_sid": sid, "waiting_sid": None}
    elif said.state == "rejected":
        # Earlier words stay in use; without any there is no template in this language.
        changed |= {"waiting_sid": None, "approval": "approved" if state.approval == "approved" else "rejected"}
    await _keep(database, state.template, state.language, **changed)
    return Line(template=state.template, language=state.language, state=said.state, why=said.why)


async def _state(session: AsyncSession, template: str, language: str) -> TemplateState | None:
    query = select(TemplateState).where(TemplateState.template == template, TemplateState.language == language)
    return (await session.scalars(query)).one_or_none()


async def _keep(database: Database, template: str, language: str, **values: object) -> None:
    async with database.begin() as session:
        state = await _state(session, template, language)
        if state is None:
            state = TemplateState(template=template, language=language, approval="unsubmitted")
            session.add(state)
        for name, value in values.items():
            setattr(state, name, value)
