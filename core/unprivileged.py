"""How a program that refuses root runs all the same: as whom, where its files stand, and which command starts it."""

import logging
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

logger = logging.getLogger(__name__)

#: The number of nobody on Linux, where /etc/passwd doesn't name it.
NOBODY = 65534
#: Where root keeps what no other user could reach where it was asked to stand.
LAST_RESORT = Path("/var/lib/pim-welkom")
#: A world in which we are nobody and all that is ours is nobody's.
NAMESPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")


@dataclass(frozen=True, kw_only=True)
class Footing:
    """A folder that only the one who runs the programs can open, and how to run them."""

    programs: Path  #: the installation whose bin/ holds the programs
    folder: Path  #: resolved; mode 0700; everything the programs write
    prefix: tuple[str, ...] = ()  #: goes before every command


def prepare(folder: Path, programs: Path) -> Footing:
    """The folder made, and the rights to use it found; PermissionError (a sentence) when it is somebody else's.

    As root, in this order: a user namespace, which changes nothing on the machine; the user who owns the
    folder, or nobody, where that user can reach it; the same with folder and programs in LAST_RESORT.
    A user without a name (as some containers have) gets a namespace too, for initdb asks for the name.
    """
    owner = folder.stat().st_uid if folder.exists() else os.geteuid()
    if os.geteuid() != 0:
        if owner != os.geteuid():
            raise PermissionError(
                f"{folder} belongs to {_name(owner) or f'user {owner}'}: run this as that user, or name another folder"
            )
        prefix = () if _name(owner) is not None else NAMESPACE
        return Footing(programs=programs, folder=_made(folder, folder), prefix=prefix)
    if owner == 0 and _can(NAMESPACE, programs, folder.parent):
        return Footing(programs=programs, folder=_made(folder, folder), prefix=NAMESPACE)
    return _as_other_user(folder, programs, owner or _nobody())


def _as_other_user(folder: Path, programs: Path, uid: int) -> Footing:
    prefix = ("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--")
    target = folder
    if not _can(prefix, programs, folder.resolve().parent, writing=False):
        LAST_RESORT.mkdir(mode=0o755, parents=True, exist_ok=True)
        programs = _copied(programs)
        if not folder.exists():
            target = Path(tempfile.mkdtemp(prefix="data-", dir=LAST_RESORT))
    made = _made(folder, target)
    if LAST_RESORT in programs.parents:
        logger.warning("As root: PostgreSQL runs from %s, its data is in %s.", programs, made)
    if made.stat().st_uid != uid:
        _give(made, uid)
    return Footing(programs=programs, folder=made, prefix=prefix)


def _can(prefix: tuple[str, ...], programs: Path, folder: Path, *, writing: bool = True) -> bool:
    """Whether a command with this prefix can use both; tried out, for rights have many layers.

    initdb also wants a user who has a name.
    """
    test = 'id -un && "$1" --version && test -x "$2"' + (' && test -w "$2"' if writing else "")
    command = [*prefix, "sh", "-c", test, "sh", os.fspath(programs / "bin" / "postgres"), os.fspath(folder)]
    try:
        return subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
    except OSError:
        return False


def _made(folder: Path, target: Path) -> Path:
    """The folder, with mode 0700; when it must stand elsewhere, a link leads there."""
    if target != folder:
        folder.symlink_to(target)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder.resolve()


def _give(folder: Path, uid: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, uid, follow_symlinks=False)


def _copied(programs: Path) -> Path:
    """The programs where every user can run them: copied under a new name, then given their own in one step."""
    package = programs.parent
    libraries = package.with_name(f"{package.name}.libs")  # beside it, where a wheel's programs look for them
    version = subprocess.run([programs / "bin" / "postgres", "--version"], capture_output=True, text=True, check=True)
    target = LAST_RESORT / f"postgresql-{version.stdout.split()[-1]}"
    if not target.exists():
        part = Path(tempfile.mkdtemp(prefix="copy-", dir=LAST_RESORT))
        shutil.copytree(programs, part / package.name / programs.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, part / libraries.name, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", os.fspath(part)], check=True)
        part.rename(target)
    return target / package.name / programs.name


def _nobody() -> int:
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return NOBODY


def _name(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None
