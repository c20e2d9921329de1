"""One version of an update in one language, as a row: made, changed, void; and how far its update is."""

import unicodedata

from content.approvals import Unfit
from content.foreign import clean
from content.updates.news import BELOW, OUT, Story, digest
from core.ids import new_id
from core.tables.people import Account
from core.tables.texts import Update, UpdateText

#: Characters of one text; fits one bubble with its Dutch below it.
LONGEST = 600

#: The furthest along of its languages says how far an update is.
_ORDER = ("sent", "recalled", "approved", "submitted", "returned", "draft")


def made(
    update: Update, language: str, body: str, author: Account, *, state: str = "draft", version: int = 1
) -> UpdateText:
    """A new version; Unfit says in words what is wrong with its text."""
    fitting = fit(body)
    return UpdateText(
        id=new_id(),
        update_id=update.id,
        language=language,
        version=version,
        body=fitting,
        source_hash=digest(fitting),
        state=state,
        author_id=author.id,
    )


def fit(body: str) -> str:
    """A text as it is kept; Unfit says what is wrong with it."""
    if len(body) > LONGEST * 4:  # putting a long run of accents in order takes time that grows with its square
        raise Unfit(f"Een tekst heeft 1 tot {LONGEST} tekens.")
    try:
        text = unicodedata.normalize("NFC", body).strip()
        text.encode()
    except UnicodeEncodeError:
        raise Unfit("De tekst heeft een teken dat niet bestaat.") from None
    if not clean(text).strip() or len(text) > LONGEST or "\0" in text:
        raise Unfit(f"Een tekst heeft 1 tot {LONGEST} tekens.")
    return text


def change(row: UpdateText, body: str) -> None:
    """Other words; Unfit."""
    row.body = fit(body)
    row.source_hash = digest(row.body)


def void(row: UpdateText) -> None:
    """A draft again, with every approval void; what is out stays out."""
    if row.state not in OUT:
        row.state = BELOW if row.state == BELOW else "draft"
        row.approver_id = row.second_approver_id = row.approved_at = None


def void_with(story: Story, dutch: UpdateText) -> None:
    """This Dutch and all that stands above it: above other Dutch it is another message."""
    for row in story.texts:
        if row.id == dutch.id or row.dutch_id == dutch.id:
            void(row)


def is_out(story: Story, dutch: UpdateText) -> bool:
    """Whether people have it on their phones, below another language or by itself."""
    return dutch.state in OUT or any(row.dutch_id == dutch.id and row.state in OUT for row in story.texts)


def settle(story: Story) -> None:
    """Let the update say how far the furthest of its languages is; what was taken down stays down."""
    if story.update.state == "withdrawn":
        return
    states = {row.state for row in story.newest}
    story.update.state = next((state for state in _ORDER if state in states), story.update.state)
