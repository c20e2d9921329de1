"""A running demo as a script drives it: phones and clock by their calls, the console by its pages."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

from playwright.sync_api import APIRequestContext, Page

PASSWORD = "welkom-voorbeeld"


class DemoError(Exception):
    """The demo doesn't do what was asked; the message says what."""


class Demo:
    """A running demo: its phones and its clock."""

    def __init__(self, calls: APIRequestContext, at: str) -> None:
        self.at = at
        self._calls = calls
        self._ids: dict[str, str] = {}
        self.now = datetime.fromisoformat(self._get("clock")["now"])

    def _get(self, path: str) -> Any:
        return self._calls.get(f"{self.at}/simulator/api/{path}").json()

    def _post(self, path: str, body: Mapping[str, str]) -> Any:
        answer = self._calls.post(f"{self.at}/simulator/api/{path}", data=dict(body), timeout=120_000)
        if not answer.ok:
            raise DemoError(f"the demo refused {path}: {answer.text()}")
        return answer.json()

    def id(self, name: str) -> str:
        """The phone of somebody, by first name."""
        if name not in self._ids:
            phones = self._get("phones")
            self._ids = {first: phone["id"] for phone in phones for first in _first_names(phone["name"])}
        return self._ids[name]

    def move(self, to: datetime) -> None:
        """Forward to a moment, with all that falls due on the way."""
        self.now = datetime.fromisoformat(self._post("clock", {"to": to.isoformat()})["now"])

    def wait(self, **length: float) -> None:
        """Forward by so much."""
        self.move(datetime.fromisoformat(self._get("clock")["now"]) + timedelta(**length))

    def say(self, name: str, text: str) -> None:
        """Somebody types."""
        self._act(name, {"text": text})

    def tap(self, name: str, action: str) -> None:
        """Somebody taps the newest button that does this."""
        messages = self._get(f"phones/{self.id(name)}/messages")
        offered = [choice["id"] for message in messages for choice in message["choices"]]
        wanted = [choice for choice in offered if choice.partition(":")[0] == action]
        if not wanted:
            raise DemoError(f"{name}'s phone offers no {action}, only {offered[-8:]}")
        self._act(name, {"choice": wanted[-1]})

    def _act(self, name: str, what: Mapping[str, str]) -> None:
        self._post(f"phones/{self.id(name)}/messages", what)
        self._get("idle?wait=20")


def _first_names(name: str) -> list[str]:
    return [one.removesuffix(" (voorbeeld)") for one in name.split(" · ")]


class Meeting(TypedDict, total=False):
    """What a form for an appointment is filled with, beside day and time."""

    kind: str
    place: str
    tolk: str


class Console:
    """The console as one colleague sees it."""

    def __init__(self, page: Page, at: str) -> None:
        self.page, self._at = page, at

    def go(self, path: str = "") -> None:
        """Open one of its rooms."""
        self.page.goto(f"{self._at}/console/{path}")

    def log_in(self, first: str) -> None:
        """As this made-up colleague."""
        self.go("login")
        self.page.fill("#email", f"{first.lower()}@voorbeeld.example")
        self.page.fill("#password", PASSWORD)
        self.press("Log in")

    def press(self, label: str) -> None:
        """The first button with exactly this label."""
        self.page.get_by_role("button", name=label, exact=True).first.click()

    def person(self, name: str) -> None:
        """Somebody's page."""
        self.go(f"people?q={name}")
        self.page.get_by_role("link", name=f"{name} (voorbeeld)").click()

    def meet(self, name: str, at: datetime, **meeting: Unpack[Meeting]) -> None:
        """Fill the form for an appointment with somebody, and leave it unsent."""
        self.person(name)
        self.page.get_by_role("link", name="Nieuwe afspraak").click()
        self.page.select_option("#kind", meeting.get("kind", "voortgangsgesprek"))
        self.page.fill("#day", f"{at:%Y-%m-%d}")
        self.page.fill("#time", f"{at:%H:%M}")
        self.page.fill("#place", meeting.get("place", "Voorbeeldhuis Veghel, kamer 3"))
        self.page.select_option("#tolk", meeting.get("tolk", ""))

    def made(self, name: str, at: datetime, **meeting: Unpack[Meeting]) -> None:
        """An appointment with somebody."""
        self.meet(name, at, **meeting)
        self.press("Maak de afspraak")
