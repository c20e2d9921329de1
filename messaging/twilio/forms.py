"""The forms that Twilio's Content API knows and we use: templates with a button, and answers inside a conversation."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from messaging.channel import Button

MOST_BUTTONS = 3
MOST_ROWS = 10
LONGEST_BODY = 1024  #: letters above buttons or a list
LONGEST_ID = 200
LIST_BUTTON = "☰"  #: what opens a list where the message has no word for it

#: Answers inside the 24 hours need no approval; their content is made once, for all languages.
CHOICES = {count: f"keuze_{count}" if count <= MOST_BUTTONS else f"lijst_{count}" for count in range(1, MOST_ROWS + 1)}


def template(body: str, button: str, payload: str) -> Mapping[str, Any]:
    """A body with its variables and one button; `payload` comes back when it is tapped."""
    return {"twilio/quick-reply": {"body": body, "actions": [{"title": button, "id": payload}]}}


def choices(count: int) -> Mapping[str, Any]:
    """Buttons or, above three, a list: {{1}} is the text, then label and id of each answer, then what opens it."""
    places = [(f"{{{{{2 * at}}}}}", f"{{{{{2 * at + 1}}}}}") for at in range(1, count + 1)]
    if count <= MOST_BUTTONS:
        actions = [{"title": label, "id": payload} for label, payload in places]
        return {"twilio/quick-reply": {"body": "{{1}}", "actions": actions}}
    items = [{"item": label, "id": payload} for label, payload in places]
    return {"twilio/list-picker": {"body": "{{1}}", "button": f"{{{{{2 * count + 2}}}}}", "items": items}}


def examples(count: int) -> Sequence[str]:
    """A value for each variable of `choices`."""
    answers = [word for at in range(1, count + 1) for word in (f"Antwoord {at}", f"antwoord.{at}")]
    return ["Komt u?", *answers, *(["☰ Kies"] if count > MOST_BUTTONS else [])]


def fits(text: str, buttons: Sequence[Button]) -> bool:
    """Whether these answers can be shown as buttons or a list; two with one label can't be told apart."""
    labels = {button.label for button in buttons}
    return (
        0 < len(buttons) <= MOST_ROWS
        and len(text) <= LONGEST_BODY
        and len(labels) == len(buttons)
        and all(label.strip() for label in labels)
        and all(0 < len(button.id) <= LONGEST_ID for button in buttons)
    )


def chosen(text: str, buttons: Sequence[Button], opens: str) -> str:
    """The variables of `choices` for one message; `opens` stands on the button of a list."""
    answers = [word for button in buttons for word in (button.label, button.id)]
    return variables([text, *answers, *([opens or LIST_BUTTON] if len(buttons) > MOST_BUTTONS else [])])


def variables(values: Sequence[str]) -> str:
    """ContentVariables, numbered from 1."""
    return json.dumps(numbered(values), ensure_ascii=False)


def numbered(values: Sequence[str]) -> dict[str, str]:
    """Values by the number of their variable."""
    return {str(place): value for place, value in enumerate(values, start=1)}
