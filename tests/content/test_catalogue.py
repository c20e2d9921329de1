from pathlib import Path

import pytest

from content import catalogue, plurals
from content.catalogue import BrokenCatalogue
from core.languages import LANGUAGES
from tests.content.words import ARABIC, DUTCH, small_catalogue, write_po


def test_units_and_names_come_from_the_dutch_file(tmp_path: Path) -> None:
    loaded = small_catalogue(tmp_path)

    assert loaded.units[0] == "appointment.day"
    assert loaded.body("nl", "appointments") == {
        "taalles": ("taalles",),
        "count": ("U heeft {count} afspraak.", "U heeft {count} afspraken."),
    }


def test_a_unit_counts_only_when_it_is_whole(tmp_path: Path) -> None:
    loaded = small_catalogue(tmp_path, ar=ARABIC[:1])

    assert loaded.body("ar", "appointment.day") is None
    assert loaded.body("ti", "appointment.day") is None


def test_a_translation_of_other_dutch_does_not_count(tmp_path: Path) -> None:
    old = ("welcome/first", "Welkom.", "مرحبا.")

    assert small_catalogue(tmp_path, ar=(old,)).body("ar", "welcome") is None


def test_a_guess_does_not_count(tmp_path: Path) -> None:
    write_po(tmp_path, "nl", DUTCH)
    write_po(tmp_path, "ar", ARABIC, fuzzy="welcome/first")

    assert catalogue.load(None, tmp_path).body("ar", "welcome") is None
    assert catalogue.load(None, tmp_path).body("ar", "money") is None


def test_too_few_plural_forms_do_not_count(tmp_path: Path) -> None:
    entry = ("appointments/count", DUTCH[5][1], ("bir", "çok"))
    taalles = ("appointments/taalles", "taalles", "dil dersi")

    assert small_catalogue(tmp_path, tr=(entry, taalles)).body("tr", "appointments") is not None
    write_po(tmp_path, "tr", (("appointments/count", DUTCH[5][1], ("çok",)), taalles), forms=1)
    catalogue.load.cache_clear()
    assert catalogue.load(None, tmp_path).body("tr", "appointments") is None


def test_the_hash_follows_the_dutch_and_nothing_else(tmp_path: Path) -> None:
    one = small_catalogue(tmp_path / "one")
    same = small_catalogue(tmp_path / "same", nl=DUTCH[::-1])
    other = small_catalogue(tmp_path / "other", nl=(("welcome/first", "Dag.", "Dag."), *DUTCH[:6]))

    assert one.source_hash("appointments") == same.source_hash("appointments")
    assert one.source_hash("welcome") != other.source_hash("welcome")


def test_two_spellings_of_one_letter_have_one_hash() -> None:
    assert catalogue.digest({"a": ("één",)}) == catalogue.digest({"a": ("e\u0301e\u0301n",)})


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = write_po(tmp_path, "nl", DUTCH)
    path.write_bytes(path.read_bytes() + b'msgid "half\n')
    catalogue.load.cache_clear()

    with pytest.raises(BrokenCatalogue, match=r"pim\.po"):
        catalogue.load(None, tmp_path)


def test_without_dutch_there_is_no_catalogue(tmp_path: Path) -> None:
    catalogue.load.cache_clear()
    with pytest.raises(BrokenCatalogue):
        catalogue.load(None, tmp_path)


@pytest.mark.parametrize(
    ("language", "forms"),
    [  #          0, 1, 2, 3, 11, 100
        ("nl", (1, 0, 1, 1, 1, 1)),
        ("en", (1, 0, 1, 1, 1, 1)),
        ("ar", (0, 1, 2, 3, 4, 5)),
        ("ti", (0, 0, 1, 1, 1, 1)),
        ("fa", (0, 0, 1, 1, 1, 1)),
        ("prs", (0, 0, 1, 1, 1, 1)),
        ("ps", (1, 0, 1, 1, 1, 1)),
        ("so", (1, 0, 1, 1, 1, 1)),
        ("ku", (1, 0, 1, 1, 1, 1)),
        ("tr", (1, 0, 1, 1, 1, 1)),
        ("am", (0, 0, 1, 1, 1, 1)),
        ("uk", (2, 0, 1, 1, 2, 2)),
        ("pl", (2, 0, 1, 1, 2, 2)),
        ("fr", (0, 0, 1, 1, 1, 1)),
        ("bg", (1, 0, 1, 1, 1, 1)),
        ("ro", (1, 0, 1, 1, 1, 2)),
    ],
)
def test_plural_forms(language: str, forms: tuple[int, ...]) -> None:
    assert tuple(plurals.index(language, n) for n in (0, 1, 2, 3, 11, 100)) == forms


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plural_rule_of_a_file_is_that_of_the_language(language: str) -> None:
    assert plurals.misled(language, plurals.header(language)) is None
    with catalogue.po_file(language).open("rb") as file:
        assert plurals.header(language).split(";")[0].encode() in file.read()


@pytest.mark.parametrize(
    ("language", "said", "why"),
    [
        ("ti", "nplurals=2; plural=(n != 1);", "it is wrong for 0"),
        ("tr", "nplurals=1; plural=0;", "nplurals=1, tr has 2"),
        ("pl", "nplurals=3; plural=(n==1 ? 0 : 1);", "it is wrong for 0, 5, 6, 7, 8"),
        ("en", "nplurals=2; plural=n/(n-n);", "it can't be computed"),
        ("en", "nplurals=2; plural=exit();", "it can't be computed"),
        ("en", "", "it can't be read"),
        ("en", "nplurals=1000000000; plural=n;", "nplurals=1000000000, en has 2"),
    ],
)
def test_a_plural_rule_that_misleads(language: str, said: str, why: str) -> None:
    assert plurals.misled(language, said) == why


def test_only_a_form_of_one_number_may_say_it_as_a_word() -> None:
    assert plurals.single("nl") == {0}
    assert plurals.single("ar") == {0, 1, 2}
    assert plurals.single("uk") == plurals.single("fr") == plurals.single("ti") == frozenset()
    assert plurals.single("pl") == {0}


def test_a_file_with_more_forms_than_any_language_isn_t_read(tmp_path: Path) -> None:
    write_po(tmp_path, "nl", DUTCH, forms=1_000_000_000)
    catalogue.load.cache_clear()
    with pytest.raises(BrokenCatalogue, match="plural forms"):
        catalogue.load(None, tmp_path)


def test_every_language_counts() -> None:
    assert all(2 <= len(plurals.categories(code)) <= 6 for code in LANGUAGES)
    assert plurals.index("fr", 1_000_000) == 1
