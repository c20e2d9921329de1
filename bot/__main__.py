"""The command line: parses, calls, and says in one sentence what went wrong; nothing else."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import app, backups, commands, logs
from core import settings
from core.accounts import AccountError
from core.backup import BackupError
from core.embedded import EmbeddedError
from core.languages import LANGUAGES
from core.migrate import SchemaError
from core.permissions import ROLES
from core.settings import SettingsError

#: What ends a command with a sentence and status 1.
_REFUSALS = (SettingsError, EmbeddedError, SchemaError, AccountError, BackupError, commands.Refused)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused with a sentence on stderr, 2 wrong usage."""
    logs.reserve_streams()
    asked = _parser().parse_args(arguments)
    try:
        return _run(asked)
    except _REFUSALS as refusal:
        print(f"pim: {refusal}", file=sys.stderr)
        return 2 if isinstance(refusal, commands.Misused) else 1
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def _run(asked: argparse.Namespace) -> int:
    overrides = commands.demo_settings(asked) if asked.command == "demo" else {}
    wanted = settings.load(**overrides)
    logs.configure(wanted.log_format)
    if asked.command == "demo":
        app.demo(wanted, fresh=asked.fresh, announce=_announce)
        return 0
    if asked.command == "run":
        app.run(wanted, only=asked.only, announce=_announce)
        return 0
    if asked.command == "backup":
        return backups.make(wanted, asked.file)
    if asked.command == "restore":
        return backups.put_back(wanted, asked.file, replace=asked.replace)
    return commands.run(asked.command, wanted, asked)


def _announce(lines: Sequence[str]) -> None:
    print("\n".join(lines), file=logs.Unheard(sys.stdout), flush=True)


def _roles(text: str) -> tuple[str, ...]:
    roles = tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = set(roles) - set(app.ROLES)
    if unknown or not roles:
        raise argparse.ArgumentTypeError(f"choose from {', '.join(app.ROLES)}")
    return roles


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pim", description="PIM Welkom: messages for newcomers, in their own language."
    )
    known = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = known.add_parser("demo", help="everything at once, with made-up people and phones")
    demo.add_argument("--port", type=int, metavar="N", help="of the pages (8080)")
    demo.add_argument("--data", type=Path, metavar="DIR", help="folder of the database (./var)")
    demo.add_argument("--fresh", action="store_true", help="start over: forget what an earlier demo kept")

    service = known.add_parser("run", help="the service of one municipality")
    service.add_argument("--only", type=_roles, default=(), metavar="ROLES", help=f"some of {','.join(app.ROLES)}")

    known.add_parser("migrate", help="bring the database to the newest schema")
    known.add_parser("check", help="settings, database, channels, texts: what is wrong and what to do")

    bring = known.add_parser("import", help="people, agenda or leefgeld from a file")
    bring.add_argument("kind", nargs="?", choices=("people", "agenda", "leefgeld"))
    bring.add_argument("file", nargs="?", type=Path)
    bring.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    bring.add_argument("--as", dest="email", metavar="EMAIL", help="the account that imports or approves")
    bring.add_argument("--json", action="store_true")
    bring.add_argument("--approve", metavar="IMPORT", help="approve a leefgeld import of somebody else")

    _languages(known)

    notices = known.add_parser("notices", help="what would go out")
    notices.add_argument("--due", metavar="TIME", help="until this moment (ISO 8601; now)")
    notices.add_argument("--json", action="store_true")

    hold = known.add_parser("hold", help="the kill switch: nothing is sent while on")
    hold.add_argument("switch", choices=("on", "off"))
    hold.add_argument("--why", default="pim hold", help="what staff read")

    staff = known.add_parser("staff", help="accounts")
    verbs = staff.add_subparsers(dest="staff_command", required=True, metavar="add|stop|start")
    for verb, does in (
        ("stop", "its phone or password is in other hands: nothing of it goes out"),
        ("start", "give it back"),
    ):
        verbs.add_parser(verb, help=does).add_argument("--email", required=True)
    add = verbs.add_parser("add", help="a new account")
    add.add_argument("--email", required=True)
    add.add_argument("--role", required=True, choices=ROLES)
    add.add_argument("--name", help="as colleagues know it (the e-mail address)")
    add.add_argument("--language", action="append", default=[], help="a language this account speaks; may be repeated")
    add.add_argument("--person", metavar="KLANTNUMMER|ID", help="a rolmodel or vertaler works on this person's phone")

    link = known.add_parser("link", help="a card that binds a phone to a person")
    link.add_argument("person", metavar="KLANTNUMMER|ID")
    link.add_argument("--pictures", metavar="N,N", help="the two pictures, 0-9; drawn if not given")

    _backups(known)

    whatsapp = known.add_parser("templates", help="the sentences that may open a WhatsApp conversation")
    whatsapp.add_argument("verb", choices=("submit", "status"), help="ask Meta to approve them; ask what Meta says")
    return parser


def _languages(known: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    words = known.add_parser("languages", help="a language's texts, to and from translators")
    verbs = words.add_subparsers(dest="verb", required=True, metavar="export|import")
    for verb, does in (("export", "write a PO file"), ("import", "take in a PO file; changed texts wait for approval")):
        way = verbs.add_parser(verb, help=does)
        way.add_argument("language", choices=LANGUAGES, metavar="LANG")
        way.add_argument("file", type=Path, metavar="FILE")
        if verb == "import":
            way.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
            way.add_argument("--as", dest="email", metavar="EMAIL", help="the account that wrote the texts")
            way.add_argument("--json", action="store_true")


def _backups(known: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    copy = known.add_parser("backup", help="an encrypted copy of everything, while the service runs")
    copy.add_argument("file", type=Path, metavar="FILE", help="a new file")

    back = known.add_parser("restore", help="put a copy back; the service is then on hold")
    back.add_argument("file", type=Path, metavar="FILE")
    back.add_argument("--replace", action="store_true", help="in the place of what the database holds (copied first)")


if __name__ == "__main__":
    sys.exit(main())
