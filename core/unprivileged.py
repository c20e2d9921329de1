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
        return Footing(programs=programs, folder=_made(folder), prefix=prefix)
    if owner == 0 and _runs(NAMESPACE, programs) and _reaches(NAMESPACE, folder.resolve().parent):
        return Footing(programs=programs, folder=_made(folder), prefix=NAMESPACE)
    return _as_other_user(folder, programs, owner or _nobody())


def _as_other_user(folder: Path, programs: Path, uid: int) -> Footing:
    prefix = ("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--")
    if not _runs(prefix, programs):
        programs = _copied(programs)
    if not _reaches(prefix, folder.resolve().parent):
        _stand_elsewhere(folder)
    made = _made(folder)
    if made.stat().st_uid != uid:
        _give(made, uid)
    if LAST_RESORT in (*programs.parents, *made.parents):
        logger.warning("As root: PostgreSQL runs from %s, its data is in %s.", programs, made)
    return Footing(programs=programs, folder=made, prefix=prefix)


def _runs(prefix: tuple[str, ...], programs: Path) -> bool:
    """Whether this prefix may run the programs, and as somebody with a name, which initdb wants."""
    return _succeeds(*prefix, "sh", "-c", 'id -un && "$1" --version', "sh", os.fspath(programs / "bin" / "postgres"))


def _reaches(prefix: tuple[str, ...], folder: Path) -> bool:
    """Whether this prefix may use what is in the folder; tried out, for rights have many layers."""
    return _succeeds(*prefix, "test", "-x", os.fspath(folder))


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
    except OSError:
        return False


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder.resolve()


def _stand_elsewhere(folder: Path) -> None:
    """Let a folder that isn't there yet be a link into LAST_RESORT."""
    if folder.exists():
        raise PermissionError(f"only root reaches {folder}: name a data folder that other users can enter")
    LAST_RESORT.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder.symlink_to(tempfile.mkdtemp(prefix="data-", dir=LAST_RESORT))


def _give(folder: Path, uid: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, uid, follow_symlinks=False)


def _copied(programs: Path) -> Path:
    """The programs where every user can run them: copied under a new name, then given their own in one step."""
    LAST_RESORT.mkdir(mode=0o755, parents=True, exist_ok=True)
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
