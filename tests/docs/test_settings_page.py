import re
from pathlib import Path

from core.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_page_names_every_setting_and_no_other() -> None:
    named = re.findall(r"^\| `(PIM_\w+)` \|", PAGE.read_text(), flags=re.MULTILINE)
    assert named == [f"PIM_{field.upper()}" for field in Settings.model_fields]
