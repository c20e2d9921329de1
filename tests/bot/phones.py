"""A phone in the hands of somebody: types, taps, and reads what the service answered."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import conversation
from content.catalogue import load
from content.inforce import InForce, concepts
from content.voice.attachments import Picture, Voice
from core import accounts, addresses, links, people
from core.settings import Settings
from core.tables.agenda import Appointment
from core.tables.chats import Reply
from core.tables.people import Account, Person
from core.tables.work import Task
from core.values import Handle
from messaging.channel import Attached, File, Incoming, Outgoing, from_json
from scheduler.meetings import appointments

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)  #: a Monday, 10:00 in the Netherlands
SETTINGS = Settings(
    _env_file=None,
    contact_phone="14 0413",
    emergency_phone="0413 000 000",
    caller_shown="0413 111 111",
    timezone="Europe/Amsterdam",
)
TEXTS = concepts(load(("nl",)))
PICTURES = (0, 3)


@dataclass(kw_only=True)
class Phone:
    """One chat on one channel; remembers the bubbles on its screen."""

    session: AsyncSession
    channel: str = "telegram"
    now: datetime = NOW
    texts: InForce = field(default_factory=lambda: TEXTS)
    handle: Handle = field(default_factory=lambda: Handle(uuid4().hex))
    heard: list[Outgoing] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)  #: files that a scene asked for
    _spoken: Voice | None = None  #: what the provider keeps of the last voice message
    _bubble: str | None = None
    _made: int = 0

    @property
    def edits(self) -> bool:
        return self.channel == "telegram"

    async def types(self, text: str) -> str:
        """Send a text; returns what was answered."""
        return await self._send(Incoming(channel=self.channel, handle=self.handle, text=text))

    async def sends(self, attached: Attached) -> str:
        """Send a photo or the like."""
        return await self._send(Incoming(channel=self.channel, handle=self.handle, attached=attached))

    async def speaks(self, voice: Voice | None, *, refused: str | None = None) -> str:
        """Send a voice message, as far as it could be fetched where the scene wanted it."""
        self._spoken = voice
        return await self._attach(Attached.VOICE, voice, refused)

    async def shows(self, picture: Picture | None, *, refused: str | None = None) -> str:
        """Send a picture, as far as it could be fetched where the scene wanted it."""
        return await self._attach(Attached.PHOTO, picture, refused)

    async def _attach(self, kind: Attached, taken: Voice | Picture | None, refused: str | None) -> str:
        file = File(reference=f"file {uuid4().hex}", size=1000, seconds=2)
        incoming = Incoming(channel=self.channel, handle=self.handle, attached=kind, file=file)
        return await self._came(incoming, taken, refused)

    async def _came(self, incoming: Incoming, taken: Voice | Picture | None, refused: str | None) -> str:
        wanted = await conversation.wanted(self.session, self.now, incoming)
        self.fetched += [] if wanted is None else [wanted.file.reference]
        if wanted is None:
            taken = refused = None
        return await self._send(incoming, taken=taken, refused=refused)

    async def taps(self, label: str) -> str:
        """Tap the button that has this in its label."""
        (action,) = [button.id for button in self.last.buttons if label in button.label]
        return await self.does(action)

    async def does(self, action: str, bubble: str | None = None, *, voice: Voice | None = None) -> str:
        """Tap a button by its action, also one that is not there; `voice` comes where the scene fetches one for it."""
        bubble = bubble or self._bubble
        incoming = Incoming(channel=self.channel, handle=self.handle, choice=action, bubble=bubble)
        if voice is not None:
            return await self._came(incoming, voice, None)
        wanted = await conversation.wanted(self.session, self.now, incoming)
        if wanted is None:
            return await self._send(incoming)
        self.fetched.append(wanted.file.reference)
        return await self._send(incoming, taken=self._spoken)

    async def _send(self, incoming: Incoming, **came: Any) -> str:
        ids = await conversation.answer(
            self.session, SETTINGS, self.texts, self.now, incoming, edits=self.edits, **came
        )
        rows = [await self.session.get_one(Reply, reply_id) for reply_id in ids]
        said = [from_json(row.message or {}) for row in rows if row.due <= self.now]
        for message in said:
            self._made += 1
            self._bubble = message.edit or f"bubble {self._made}"
        self.heard += said
        return "\n---\n".join(message.text for message in said)

    @property
    def last(self) -> Outgoing:
        """The newest bubble."""
        return self.heard[-1]

    @property
    def labels(self) -> list[str]:
        """The buttons below it."""
        return [button.label for button in self.last.buttons]

    async def waiting(self) -> list[Reply]:
        """Answers that wait for their moment: bubbles that will close."""
        query = select(Reply).where(Reply.due > self.now, Reply.state == "planned").order_by(Reply.n)
        return list(await self.session.scalars(query.execution_options(populate_existing=True)))


async def make_klantmanager(session: AsyncSession) -> Account:
    """Karin."""
    return await accounts.add(session, NOW, email=f"{uuid4().hex}@voorbeeld.nl", name="Karin", role="klantmanager")


async def make_person(
    session: AsyncSession, *, doelgroep: str = "nieuwkomer", languages: tuple[str, ...] = ("nl",)
) -> Person:
    """Somebody with a klantmanager."""
    karin = await make_klantmanager(session)
    return await people.add(
        session, NOW, name="Voorbeeld", languages=languages, doelgroep=doelgroep, klantmanager_id=karin.id
    )


async def linked(
    session: AsyncSession, person: Person, *, channel: str = "telegram", shared: bool = False, now: datetime = NOW
) -> Phone:
    """A phone that this person verified."""
    phone = Phone(session=session, channel=channel, now=now)
    await join(session, phone, person, shared=shared)
    return phone


async def join(session: AsyncSession, phone: Phone, person: Person, *, shared: bool) -> None:
    """One more person on a phone."""
    address = await addresses.ensure(session, NOW, phone.channel, phone.handle)
    address.shared = shared
    await addresses.attach(session, NOW, person.id, address.id, verified=True)


async def card(session: AsyncSession, person: Person) -> str:
    """The code of a card for this person, with PICTURES."""
    return (await links.issue(session, NOW, person, pictures=PICTURES)).code


async def make_appointment(
    session: AsyncSession, person: Person, *, kind: str = "brede_intake", after: timedelta = timedelta(days=9)
) -> Appointment:
    """On a day at 10:00, with Karin, at a place that may never be pushed."""
    day = (NOW + after).date()
    return await appointments.make(
        session,
        NOW,
        SETTINGS,
        person_id=person.id,
        kind=kind,
        wall_time=datetime(day.year, day.month, day.day, 10, 0),
        minutes=45,
        place="Voorbeeldplein 1, Veghel",
        with_whom="Karin van de gemeente",
        tolk="ti",
        by=None,
    )


async def tasks_of(session: AsyncSession, person_id: UUID) -> list[tuple[str, str]]:
    """The open tasks about a person: kind and reason."""
    query = select(Task).where(Task.person_id == person_id, Task.closed_at.is_(None)).order_by(Task.id)
    return [(task.kind, task.reason) for task in await session.scalars(query)]
