"""`make bench`: runs every benchmark, prints a table, and keeps it in var/benchmarks.json."""

from pathlib import Path

from tests.bench import broadcast, rows


def main() -> None:
    """Run them all."""
    found = broadcast.run()
    print(rows.show(found))
    rows.write(found, Path("var/benchmarks.json"))


if __name__ == "__main__":
    main()
