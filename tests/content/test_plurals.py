"""Every language counts as it does: CLDR's rule, the header of its file, and the form that is really said agree."""

import gettext

import pytest
from babel import Locale
from babel.messages.catalog import Catalog

from content.catalogue import po_file, read
from content.parts import Part
from content.placeholders import placeholders
from content.plurals import categories, index
from content.render import plain
from core.languages import LANGUAGES
from tests.content.hostile import EXAMPLES, TEXTS

NUMBERS = (0, 1, 2, 3, 11, 100)
ORDER = ("zero", "one", "two", "few", "many", "other")


@pytest.fixture(scope="module")
def files() -> dict[str, Catalog]:
    return {code: read(po_file(code), code) for code in LANGUAGES}


def test_every_language_has_a_file(files: dict[str, Catalog]) -> None:
    assert len(files) == 16


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_forms_are_those_of_cldr_in_their_order(language: str) -> None:
    rule = Locale.parse(LANGUAGES[language].babel).plural_form
    taken = {rule(n) for n in range(1001)}

    assert categories(language) == tuple(name for name in ORDER if name in taken)
    assert [categories(language)[index(language, n)] for n in NUMBERS] == [rule(n) for n in NUMBERS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_header_of_the_file_says_the_same(language: str, files: dict[str, Catalog]) -> None:
    chosen = gettext.c2py(files[language].plural_expr)

    assert files[language].num_plurals == len(categories(language))
    assert [chosen(n) for n in range(201)] == [index(language, n) for n in range(201)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_said_is_the_form_of_the_number(language: str, number: int) -> None:
    counted = [
        (unit, name, forms)
        for (code, unit), body in TEXTS.bodies.items()
        for name, forms in body.items()
        if code == language and len(forms) > 1
    ]
    assert counted
    for unit, name, forms in counted:
        values = {**dict.fromkeys(frozenset().union(*map(placeholders, forms)), "voorbeeld"), **EXAMPLES}
        said = plain(TEXTS, language, Part(unit=unit, name=name, values={**values, "count": number}))
        form = forms[index(language, number)]
        shown = [f"\u2068{number}\u2069", str(number)]
        assert ("{count}" in form) <= any(one in said for one in shown), (unit, name, said)
        assert said.startswith((form.split("{", 1)[0], "\u200f")), (unit, name, said)
