import pytest
from babel import Locale

from core import languages
from core.languages import LANGUAGES


@pytest.mark.parametrize(
    ("wanted", "tried"),
    [
        ([], ("nl",)),
        (["ti"], ("ti", "nl")),
        (["ti", "ar"], ("ti", "ar", "nl")),
        (["nl", "en"], ("nl", "en")),
        (["prs"], ("prs", "fa", "nl")),
        (["fa", "en"], ("fa", "en", "prs", "nl")),
        (["prs", "ps", "fa"], ("prs", "ps", "fa", "nl")),
        (["xx", "ti", "ti"], ("ti", "nl")),
    ],
)
def test_own_languages_come_first_then_relatives_then_easy_dutch(wanted: list[str], tried: tuple[str, ...]) -> None:
    assert languages.chain(wanted) == tried


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("ar", "ar"),
        ("ar-SY", "ar"),
        ("AR_eg", "ar"),
        ("fa", "fa"),
        ("fa-AF", "prs"),
        ("fa_AF", "prs"),
        ("prs", "prs"),
        ("kmr", "ku"),
        ("ckb", None),  # Sorani: another script; the person is asked
        ("ku", "ku"),
        ("ti-ER", "ti"),
        ("zh-hans", None),
        ("", None),
        (None, None),
        ("-", None),
    ],
)
def test_an_apps_language_is_a_first_guess(tag: str | None, code: str | None) -> None:
    assert languages.guess(tag) == code


def test_the_picker_shows_every_language_once() -> None:
    assert sorted(languages.PICKER) == sorted(LANGUAGES)


def test_every_language_has_its_own_name_a_direction_and_a_locale_that_babel_knows() -> None:
    for code, language in LANGUAGES.items():
        assert language.code == code
        assert language.own_name
        assert len(language.menu) == 2
        assert Locale.parse(language.babel).character_order == (
            "right-to-left" if language.direction == "rtl" else "left-to-right"
        )


def test_right_to_left_is_what_it_is() -> None:
    assert {code for code, language in LANGUAGES.items() if language.direction == "rtl"} == {"ar", "fa", "prs", "ps"}


def test_meta_has_no_template_language_for_four() -> None:
    assert {code for code, language in LANGUAGES.items() if language.whatsapp is None} == {"ti", "am", "so", "ku"}
