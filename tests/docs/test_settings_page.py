import re
from pathlib import Path

from core import municipality
from core.municipality import Municipality
from core.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_page_names_every_setting_and_no_other() -> None:
    named = re.findall(r"^\| `(PIM_\w+)` \|", PAGE.read_text(), flags=re.MULTILINE)
    assert named == [f"PIM_{field.upper()}" for field in Settings.model_fields]


def test_the_page_shows_the_municipality_file_with_its_defaults() -> None:
    (shown,) = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL)
    assert municipality.parse(shown) == Municipality()
    named = set(re.findall(r"^(\w+) = ", shown, flags=re.MULTILINE))
    keys = {key for part in Municipality.model_fields for key in type(getattr(Municipality(), part)).model_fields}
    assert named == keys
