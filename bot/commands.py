"""What single commands of the command line do, next to a running service or alone."""

import argparse
import asyncio
import getpass
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import segno
from sqlalchemy.ext.asyncio import AsyncSession

from bot import checkup, foresight, installation, templates, translators
from bot.installation import Ground
from bot.wording import Wording
from content import catalogue
from core import accounts, audit, links, openings, people
from core.settings import Settings, for_service
from core.tables.people import Account, Person
from messaging import reasons
from messaging.channel import SendError
from messaging.twilio.content import Contents
from scheduler import firstsms, imports, leefgeld, suspension
from scheduler.imports import Result
from scheduler.queue import holds
from scheduler.sending import outlook


class Refused(Exception):
    """A command can't be done; the text is the sentence that says why."""


class Misused(Refused):
    """A command was called in a way that it doesn't know; the text says how it is called."""


def demo_settings(asked: argparse.Namespace) -> dict[str, Any]:
    """The settings of a demo: loopback only, an embedded database, made-up telephone numbers."""
    overrides: dict[str, Any] = {
        "embedded": True,
        "database_url": "",
        "bind": f"127.0.0.1:{8080 if asked.port is None else asked.port}",
        "contact_phone": "14 0413",
        "emergency_phone": "0413 00 00 00",
        "caller_shown": "0413 11 11 11",
    }
    if asked.data is not None:
        overrides["data_dir"] = asked.data
    return overrides


def run(command: str, settings: Settings, asked: argparse.Namespace) -> int:
    """Run a command on the installation's database; its exit status."""
    with installation.server(settings) as url:
        installation.install_keys(settings)
        return asyncio.run(_on_ground(settings, url, _COMMANDS[command], asked))


Command = Callable[[Ground, argparse.Namespace], Awaitable[int]]


async def _on_ground(settings: Settings, url: Any, command: Command, asked: argparse.Namespace) -> int:
    async with installation.opened(settings, url) as ground:
        return await command(ground, asked)


async def _migrate(ground: Ground, _: argparse.Namespace) -> int:
    print("The database has the newest schema.")
    return 0


async def _check(ground: Ground, _: argparse.Namespace) -> int:
    rows = await checkup.rows(ground)
    for row in rows:
        print(f"{'ok' if row.ok else 'wrong':<6} {row.what:<12} {row.found}{'' if row.ok else f' -> {row.mend}'}")
    return 0 if all(row.ok for row in rows) else 1


async def _import(ground: Ground, asked: argparse.Namespace) -> int:
    async with ground.database.begin() as session:
        by = await _account(session, asked.email)
        if asked.approve:
            result = await _approve(session, ground, asked.approve, by)
        else:
            result = await _bring(session, ground, asked, by)
    if asked.json:
        print(json.dumps(_plain(result)))
    else:
        _tell(result, dry_run=asked.dry_run)
    return 1 if result.problems else 0


async def _bring(session: AsyncSession, ground: Ground, asked: argparse.Namespace, by: Account | None) -> Result:
    if asked.kind is None or asked.file is None:
        raise Misused("name what the file holds (people, agenda or leefgeld) and the file.")
    try:
        content = asked.file.read_bytes()
    except OSError as error:
        raise Refused(f"{asked.file} can't be read: {error.strerror}.") from None
    by_id, now, settings = by.id if by else None, ground.clock.now(), ground.settings
    try:
        if asked.kind == "leefgeld":
            if by_id is None:
                raise Refused("a leefgeld import needs an account: add --as EMAIL.")
            return await leefgeld.stage(
                session, now, settings, content, asked.file.name, by=by_id, dry_run=asked.dry_run
            )
        read = imports.people if asked.kind == "people" else imports.agenda
        result = await read(session, now, settings, content, by=by_id, dry_run=asked.dry_run)
    except imports.Refused as refusal:
        raise Refused(str(refusal)) from None
    if result.first_sms:
        wording = Wording(ground.database, catalogue.load(), ground.clock, ground.settings)
        await wording.refresh()
        await firstsms.send(session, now, settings, wording.current(), result.first_sms)
    return result


async def _languages(ground: Ground, asked: argparse.Namespace) -> int:
    await Wording(ground.database, catalogue.load(), ground.clock, ground.settings).ship()
    try:
        async with ground.database.begin() as session:
            if asked.verb == "export":
                print(await translators.export(session, ground.clock.now(), asked.language, asked.file))
                return 0
            by = await _account(session, asked.email)
            result = await translators.bring(session, ground.clock.now(), asked, by)
    except translators.Refused as refusal:
        raise Refused(str(refusal)) from None
    print(json.dumps(translators.plain(result)) if asked.json else "\n".join(translators.lines(result)))
    return 1 if result.problems else 0


async def _approve(session: AsyncSession, ground: Ground, number: str, by: Account | None) -> Result:
    if by is None:
        raise Refused("an approval needs an account: add --as EMAIL.")
    try:
        import_id = UUID(number)
    except ValueError:
        raise Refused("this is no number of an import; `pim import leefgeld` printed it.") from None
    try:
        return await leefgeld.approve(session, ground.clock.now(), ground.settings, import_id, by=by.id)
    except imports.Refused as refusal:
        raise Refused(str(refusal)) from None


async def _account(session: AsyncSession, email: str | None) -> Account | None:
    if email is None:
        return None
    account = await accounts.by_email(session, email)
    if account is None or account.disabled_at is not None:
        raise Refused(f"there is no account {email}; make one with: pim staff add.")
    return account


def _plain(result: Result) -> dict[str, Any]:
    return {
        "import": str(result.import_id) if result.import_id else None,
        "new": result.new,
        "changed": result.changed,
        "same": result.same,
        "problems": [
            {"line": problem.line, "field": problem.field, "what": problem.what, "mend": problem.mend}
            for problem in result.problems
        ],
    }


def _tell(result: Result, *, dry_run: bool) -> None:
    for problem in result.problems:
        print(f"{problem.line}\t{problem.field}\t{problem.what}\t{problem.mend}")
    for repair in result.repairs:
        print(f"{repair.line}\ttelefoon\t{repair.was.reveal()} -> {repair.becomes.reveal()}")
    for dropped in result.dropped_lines:
        print(f"{dropped.line}\t-\t{dropped.why}")
    if result.problems:
        print("Niets opgeslagen.")
        return
    print(f"nieuw {result.new}, gewijzigd {result.changed}, gelijk {result.same}, overgeslagen {result.dropped}")
    if result.import_id and not dry_run:
        print(f"import {result.import_id}")


async def _notices(ground: Ground, asked: argparse.Namespace) -> int:
    now = ground.clock.now()
    until = _moment(asked.due) if asked.due else now
    wording = Wording(ground.database, catalogue.load(), ground.clock, ground.settings)
    await wording.refresh()
    async with ground.database.begin() as session:
        seen = await outlook.until(session, now, ground.settings, wording.current(), until)
    print(json.dumps(foresight.plain(seen)) if asked.json else "\n".join(foresight.lines(seen)))
    return 0


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Misused(f"{text!r} is no moment; write for example 2027-01-12T08:00:00+01:00.") from None
    if moment.tzinfo is None:
        raise Misused(f"{text!r} has no offset; write for example 2027-01-12T08:00:00+01:00.")
    return moment


async def _hold(ground: Ground, asked: argparse.Namespace) -> int:
    now = ground.clock.now()
    async with ground.database.begin() as session:
        if asked.switch == "on":
            await holds.put(session, now, asked.why)
            was = None
        else:
            was = await holds.lift(session, now, why=asked.why)
    print("On hold: nothing is sent." if asked.switch == "on" else "Not on hold: what is due goes out.")
    if was is not None:
        print(f"{was.waiting} waited; {was.expired} became too late and stay.")
    return 0


async def _staff(ground: Ground, asked: argparse.Namespace) -> int:
    does = {"add": _add_account, "stop": _stop_account, "start": _start_account}
    return await does[asked.staff_command](ground, asked)


async def _stop_account(ground: Ground, asked: argparse.Namespace) -> int:
    source = catalogue.load(ground.settings.languages)
    async with ground.database.begin() as session:
        account = await _known(session, asked.email)
        was = account.disabled_at
        held = await suspension.stop(session, ground.clock.now(), ground.settings, source, account)
        if was is None:
            await _note(session, ground, "account.stop", account)
    if was is not None:
        print(f"{account.email} was stopped already.")
        return 0
    print(f"{account.email} is stopped: logged out everywhere.")
    print(f"held: {held.news} news, {held.texts} texts, {held.clips} clips; {held.questions} questions went to others.")
    print("What it did in the last 30 days stands in the console, under Accounts.")
    return 0


async def _start_account(ground: Ground, asked: argparse.Namespace) -> int:
    async with ground.database.begin() as session:
        account = await _known(session, asked.email)
        await accounts.start(session, account)
        await _note(session, ground, "account.start", account)
    print(f"{account.email} is in use again. What was held stays held.")
    return 0


async def _known(session: AsyncSession, email: str) -> Account:
    account = await accounts.by_email(session, email)
    if account is None:
        raise Refused(f"there is no account {email}.")
    return account


async def _note(session: AsyncSession, ground: Ground, action: str, account: Account) -> None:
    """On record without an actor: who may run commands isn't known to us."""
    await audit.record(
        session, ground.clock.real(), actor_id=None, action=action, object_kind="account", object_id=account.id
    )


async def _add_account(ground: Ground, asked: argparse.Namespace) -> int:
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    async with ground.database.begin() as session:
        person = await _own_phone(session, asked.person, asked.role) if asked.person else None
        account = await accounts.add(
            session,
            ground.clock.now(),
            email=asked.email,
            name=asked.name or asked.email,
            role=asked.role,
            languages=asked.language,
            person_id=person.id if person else None,
            password=password or None,
        )
    does = "can log in" if password else "has no password and acts in a chat only,"
    print(f"{account.email} {does} as {account.role}.")
    return 0


async def _own_phone(session: AsyncSession, who: str, role: str) -> Person:
    """Whose phone a new account works on: of somebody without an account, in a role that chats know."""
    if role not in ("rolmodel", "vertaler"):
        raise Refused("only a rolmodel or a vertaler works on a phone.")
    person = await _somebody(session, who)
    if await accounts.of_person(session, person.id):
        raise Refused("this person has an account already.")
    return person


async def _somebody(session: AsyncSession, who: str) -> Person:
    person = await people.by_klantnummer(session, who) or await _by_id(session, who)
    if person is None:
        raise Refused(f"nobody has the klantnummer or id {who}.")
    return person


async def _link(ground: Ground, asked: argparse.Namespace) -> int:
    async with ground.database.begin() as session:
        person = await _somebody(session, asked.person)
        card = await links.issue(session, ground.clock.now(), person, pictures=_pictures(asked.pictures))
        addresses = await openings.of(session, links.normal(card.code))
    for address in addresses.values():
        print(f"URL      {address}")
    print(f"CODE     {card.code}")
    print(f"PICTURES {card.pictures[0]},{card.pictures[1]}  " + " ".join(links.PICTURES[n] for n in card.pictures))
    print(f"EXPIRES  {card.expires_at.isoformat()}")
    for address in addresses.values():
        segno.make(address).terminal(compact=True)
    return 0


async def _by_id(session: AsyncSession, text: str) -> Person | None:
    try:
        return await session.get(Person, UUID(text))
    except ValueError:
        return None


def _pictures(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) != 2 or not all(part.strip().isdecimal() and int(part) < len(links.PICTURES) for part in parts):
        raise Misused("the two pictures are numbers from 0 to 9, for example 3,7.")
    return int(parts[0]), int(parts[1])


async def _templates(ground: Ground, asked: argparse.Namespace) -> int:
    if "whatsapp" not in ground.settings.channels:
        raise Refused("PIM_CHANNELS has no whatsapp, so there are no templates.")
    for_service(ground.settings)
    contents = Contents(ground.settings)
    try:
        if asked.verb == "submit":
            shipped = catalogue.load(ground.settings.languages)
            wording = Wording(ground.database, shipped, ground.clock, ground.settings)
            await wording.ship()
            await wording.refresh()
            lines = await templates.submit(ground.database, ground.clock, ground.settings, wording.current(), contents)
        else:
            lines = await templates.poll(ground.database, ground.clock, contents)
    except SendError as error:
        raise Refused(f"Twilio: {reasons.words(error.reason).what} What was done is kept: try again.") from None
    finally:
        await contents.close()
    for line in lines:
        print(f"{line.template:<16} {line.language:<4} {line.state:<12} {line.why}".rstrip())
    return 1 if any(line.state in ("rejected", "wrong") for line in lines) else 0


_COMMANDS: Mapping[str, Command] = {
    "migrate": _migrate,
    "check": _check,
    "import": _import,
    "languages": _languages,
    "notices": _notices,
    "hold": _hold,
    "staff": _staff,
    "link": _link,
    "templates": _templates,
}
