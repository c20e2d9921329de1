from datetime import timedelta

from sqlalchemy import select, update

from bot import checkup
from bot.checkup import Row
from bot.installation import Ground
from content import catalogue, templates, texts
from content.review import coreset
from core import audit
from core.database import Database
from core.ids import new_id
from core.tables.audit import AuditEntry
from core.tables.channels import ChannelState, TemplateState
from core.tables.texts import Text
from messaging.twilio import forms as twilio_forms
from tests.content.community import NOW, make_account
from tests.fakes.clock import FakeClock
from tests.scheduler.world import settings


async def core(database: Database, language: str) -> Row:
    """What `pim check` says of a language's core set."""
    ground = Ground(settings=settings(languages=("nl", "ti")), database=database, clock=FakeClock(NOW))
    return next(row for row in await checkup.rows(ground) if row.what == f"core {language}")


async def test_a_language_is_live_once_its_core_set_is_approved(fresh_database: Database) -> None:
    async with fresh_database.begin() as session:
        await texts.ship(session, NOW, catalogue.load())
    before = await core(fresh_database, "ti")
    assert (before.ok, before.found) == (False, "6 of 15 core texts in Tigrinya are approved: it is not live")
    assert "appointment.announced" in before.mend
    assert "welcome" not in before.mend

    async with fresh_database.begin() as session:
        judge = await make_account(session)
        waiting = select(Text).where(Text.language == "ti", Text.state == "concept", Text.unit.in_(coreset.CORE))
        for row in list(await session.scalars(waiting)):
            await texts.approve(session, NOW - timedelta(days=1), row.id, judge)
    after = await core(fresh_database, "ti")
    assert (after.ok, after.found) == (True, "15 of 15 core texts in Tigrinya are approved: it is live")


async def row(database: Database, what: str) -> Row:
    ground = Ground(settings=settings(languages=("nl", "ar")), database=database, clock=FakeClock(NOW))
    return next(row for row in await checkup.rows(ground) if row.what == what)


async def test_templates_that_meta_did_not_take_are_named(fresh_database: Database) -> None:
    async with fresh_database.begin() as session:
        await texts.ship(session, NOW, catalogue.load())
    before = await row(fresh_database, "templates")
    assert (before.ok, before.found) == (False, "0 of 14 WhatsApp templates may be used")
    names = [(name, "session") for name in twilio_forms.CHOICES.values()]
    names += [(name, "approved") for name in templates.NAMES]
    async with fresh_database.begin() as session:
        session.add_all(TemplateState(template=name, language="nl", approval=approval) for name, approval in names)
    after = await row(fresh_database, "templates")
    assert (after.ok, after.found) == (True, "14 of 14 WhatsApp templates may be used")
    async with fresh_database.begin() as session:
        last = (await session.scalars(select(TemplateState).where(TemplateState.template == "bericht"))).one()
        last.approval = "rejected"
    refused = await row(fresh_database, "templates")
    assert (refused.ok, "13 of 14" in refused.found, "refused: bericht nl" in refused.found) == (False, True, True)


async def test_a_channel_that_stands_still_says_why(fresh_database: Database) -> None:
    assert (await row(fresh_database, "channel telegram")).ok
    async with fresh_database.begin() as session:
        state = ChannelState(channel="telegram", paused_until=NOW + timedelta(minutes=9), reason="key_refused")
        session.add(state)
    paused = await row(fresh_database, "channel telegram")
    assert (paused.ok, "key_refused" in paused.found) == (False, True)


async def test_an_audit_log_that_somebody_changed_is_told(fresh_database: Database) -> None:
    assert (await row(fresh_database, "audit")).ok  # empty
    async with fresh_database.begin() as session:
        for days in (0, 0, 0, 31):
            moment, person = NOW + timedelta(days=days), new_id()
            await audit.record(
                session, moment, actor_id=None, action="person.name", object_kind="person", object_id=person
            )
    whole = await row(fresh_database, "audit")
    assert (whole.ok, whole.found) == (True, "the log is whole (2 months)")
    async with fresh_database.begin() as session:
        changed = (AuditEntry.month == "2027-01", AuditEntry.n == 2)
        await session.execute(update(AuditEntry).where(*changed).values(object_id=new_id()))
    broken = await row(fresh_database, "audit")
    assert (broken.ok, broken.found) == (False, "2027-01 is broken from entry 2 on")
    assert "call the FG" in broken.mend
    assert (await row(fresh_database, "channel sms")).ok


async def test_a_backup_that_is_missing_or_old_is_seen_where_only_we_make_them(fresh_database: Database) -> None:
    assert not (await row(fresh_database, "backup")).ok
    for age, ok in ((timedelta(days=2), False), (timedelta(hours=47), True)):
        async with fresh_database.begin() as session:
            await audit.record(
                session, NOW - age, actor_id=None, action="backup.make", object_kind="service", object_id=None
            )
        assert (await row(fresh_database, "backup")).ok is ok
    assert (await row(fresh_database, "backup")).found.startswith("the last was made ")


async def test_who_keeps_a_postgresql_may_have_backups_of_their_own(fresh_database: Database) -> None:
    kept = settings(languages=("nl",), database_url="postgresql://pim@db/welkom")
    ground = Ground(settings=kept, database=fresh_database, clock=FakeClock(NOW))
    (found,) = [row for row in await checkup.rows(ground) if row.what == "backup"]
    assert (found.ok, found.found) == (True, "none was made yet with pim backup")
