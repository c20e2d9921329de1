"""Makes the pictures of the README and the handbook anew, from a demo that just started.

    PIM_QUIET_HOURS=off .venv/bin/python -m bot demo --fresh --port 8131 --data var/pictures
    .venv/bin/python -m scripts.pictures --at http://127.0.0.1:8131

It plays two weeks with made-up people: appointments, leefgeld, news, a workshop. Chromium is looked for on PATH.
"""

import argparse
import io
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FilePayload,
    FloatRect,
    Page,
    expect,
    sync_playwright,
)

from scripts.driven import Console, Demo, DemoError

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDE = 1000  #: pixels of a picture in the handbook
LARGEST = 150_000  #: bytes of a picture
_CALM_MS = 1500  #: until bubbles have come in and the chats are at their end

_TUESDAY = 1
_NEWS = "سلام، مقهى اللغة مفتوح غدًا من 10:00 إلى 12:00 في المكتبة. الدخول مجاني."
#: The same as before, said in another order: it waits for somebody to look at it.
_BETTER = "لديكم موعد غدًا: {day}، الساعة {time}."
_NEWS_DUTCH = "Het taalcafé is morgen open, van 10.00 tot 12.00 uur in de bibliotheek. Het kost niets."


#: Chromium writes days in the language of its own menus, which is often English only; staff have a Dutch one.
_DUTCH_DAYS = """() => document.querySelectorAll("input").forEach((input) => {
  const days = { date: "dd-mm-jjjj", "datetime-local": "dd-mm-jjjj --:--", time: "--:--" }[input.type];
  if (days === undefined) return;
  const [year, month, rest] = input.value.split("-");
  const value = rest ? `${rest}-${month}-${year}` : input.value;
  input.type = "text";
  input.placeholder = days;
  input.value = value;
})"""

#: Walls and lock screens in one colour: their shades cost most of a picture's bytes.
_PLAIN = ".telegram { --wall: #cbdcd2 !important } .lock { background: #24466c !important }"


def save(name: str, shot: bytes, *, wide: int = WIDE) -> None:
    """Keep a picture, with as many colours as its bytes allow."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    if picture.width != wide:
        picture = picture.resize((wide, round(picture.height * wide / picture.width)), Image.Resampling.LANCZOS)
    tried = (_packed(picture, colours) for colours in (256, 192, 128, 96, 64))
    packed = next((content for content in tried if len(content) <= LARGEST), None)
    if packed is None:
        raise DemoError(f"{name} can't be made smaller than {LARGEST} bytes")
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / f"{name}.png").write_bytes(packed)
    print(f"{name}.png  {picture.width}x{picture.height}  {len(packed) // 1000} kB")


def _packed(picture: Image.Image, colours: int) -> bytes:
    # Without the last round (kmeans) a colour that is seldom, as of a badge, becomes grey.
    few = picture.quantize(colours, Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    few.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def keep_page(console: Console, name: str, *, tall: int = 1600) -> None:
    """The page from its top, no taller than it is, without the footer's empty room."""
    page = console.page
    page.evaluate(_DUTCH_DAYS)
    page.evaluate("document.activeElement.blur()")
    foot = page.locator(".console-foot").bounding_box()
    height = int(min(tall, foot["y"] - 16 if foot else tall))
    save(name, page.screenshot(full_page=True, clip=FloatRect(x=0, y=0, width=WIDE, height=height)))


class Story:
    """Two weeks of the made-up municipality, in the order in which they are told."""

    def __init__(self, browser: Browser, demo: Demo) -> None:
        self._browser, self._demo = browser, demo
        self._day = _at(demo.now + timedelta(days=(_TUESDAY - demo.now.weekday()) % 7 or 7), 9, 30)

    @contextmanager
    def _console(self, first: str = "") -> Iterator[Console]:
        context = self._context(WIDE, 800)
        console = Console(context.new_page(), self._demo.at)
        console.log_in(first) if first else console.go("login")
        yield console
        context.close()

    def _context(self, width: int, height: int, scale: float = 1) -> BrowserContext:
        return self._browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            locale="nl-NL",
            reduced_motion="reduce",
            bypass_csp=True,
        )

    @contextmanager
    def _phones(self, *names: str, width: int = 1434, height: int = 880) -> Iterator[Page]:
        """The simulator with the phones of these people on the desk."""
        context = self._context(width, height, scale=2)
        ids = json.dumps(json.dumps([self._demo.id(name) for name in names]))
        context.add_init_script(f"localStorage.setItem('open-phones', {ids})")
        page = context.new_page()
        page.goto(f"{self._demo.at}/simulator")
        expect(page.locator(".phone-place")).to_have_count(len(names))
        expect(page.locator("#staff li").first).to_be_attached()
        page.add_style_tag(content=_PLAIN)
        page.wait_for_timeout(_CALM_MS)
        yield page
        context.close()

    def tell(self) -> None:
        """All pictures."""
        with self._console() as console:
            keep_page(console, "inloggen", tall=620)
        self._appointments()
        self._card()
        self._leefgeld()
        self._workshop()
        self._news()
        self._recall()
        self._texts()
        self._a_week_later()

    def _appointments(self) -> None:
        demo, meeting = self._demo, self._day + timedelta(days=8, minutes=30)
        demo.move(self._day)
        with self._console("Karin") as karin:
            karin.meet("Amira", meeting, tolk="ar")
            keep_page(karin, "afspraak-nieuw")
            karin.press("Maak de afspraak")
            keep_page(karin, "afspraak", tall=1150)
            karin.made("Abeba", meeting + timedelta(hours=2), kind="pip_gesprek", tolk="ti")
            karin.made("Yordanos", meeting + timedelta(hours=4))
        with self._console("Joost") as joost:
            joost.made("Elif", meeting + timedelta(hours=1), tolk="tr")
            joost.made("Hodan", meeting + timedelta(hours=3))
        with self._phones("Elif", "Amira", "Hodan") as page:
            page.locator(".phone-place").first.get_by_text("Scherm uit").click()
            demo.wait(minutes=3)
            demo.tap("Amira", "appointment.where")
            demo.say("Hodan", "3")
            self._desk(page, "telefoon")
        demo.tap("Abeba", "appointment.where")
        demo.wait(minutes=20)
        demo.tap("Abeba", "appointment.no")
        with self._phones("Amira", "Abeba", "Hodan", width=1440, height=900) as page:
            page.evaluate(_DUTCH_DAYS)
            save("simulator", page.screenshot(), wide=1200)
        demo.tap("Amira", "appointment.yes")

    def _desk(self, page: Page, name: str) -> None:
        """The phones alone, without list and time machine."""
        expect(page.locator(".banner:visible")).to_have_count(0, timeout=20_000)
        box = page.locator("#stage").bounding_box()
        assert box is not None
        save(name, page.screenshot(clip=FloatRect(**box)))

    def _card(self) -> None:
        with self._console("Karin") as karin:
            karin.person("Yordanos")
            karin.press("Maak een kaart")
            keep_page(karin, "kaart", tall=1000)

    def _leefgeld(self) -> None:
        pays = self._day + timedelta(days=3)
        rows = [f"HHB000{number};75,00;{pays:%d-%m-%Y};leefgeld;" for number in (123, 201, 202)]
        content = "\n".join(("hhbnummer;bedrag;verwachte_datum;soort;opmerking", *rows)).encode()
        with self._console("Karin") as karin:
            karin.go("leefgeld")
            file = FilePayload(name="leefgeld-voorbeeld.csv", mimeType="text/csv", buffer=content)
            karin.page.locator("#file").set_input_files(file)
            karin.press("Lees in")
            address = karin.page.url.partition("/console/")[2]
        with self._console("Nadia") as nadia:
            nadia.go(address)
            keep_page(nadia, "leefgeld")
            nadia.press("Keur goed")

    def _workshop(self) -> None:
        # Another day: nobody gets more than two messages a day.
        self._demo.move(self._day + timedelta(days=1))
        with self._console("Marit") as marit:
            marit.go("workshops")
            marit.page.locator(".console-what a", has_text="Gezond in Nederland").first.click()
            day = marit.page.url.partition("/console/")[2]
            marit.press("Nodig uit")
            self._demo.wait(minutes=3)
            for name in ("Amira", "Piotr"):
                self._demo.tap(name, "workshop.open")
                self._demo.tap(name, "workshop.yes")
            marit.go(day)
            keep_page(marit, "workshop", tall=1100)

    def _news(self) -> None:
        demo = self._demo
        demo.move(self._day + timedelta(days=2))
        demo.say("Hassan", "/start")
        demo.tap("Hassan", "rolmodel.work")
        demo.tap("Hassan", "rolmodel.write")
        demo.say("Hassan", _NEWS)
        demo.say("Hassan", _NEWS_DUTCH)
        for step in ("no_day", "no_place", "week", "ready"):
            demo.tap("Hassan", f"rolmodel.{step}")
        with self._phones("Hassan", "Omar", "Lina") as page:
            page.locator(".phone-place").nth(1).get_by_text("Scherm uit").click()
            demo.tap("Hassan", "rolmodel.send")
            demo.wait(minutes=3)  # until then she can take it back, and nobody is asked
            demo.tap("Lina", "rolmodel.begin")
            self._desk(page, "rolmodel")
        demo.tap("Lina", "rolmodel.good")
        with self._console("Marit") as marit:
            marit.go("updates")
            marit.page.locator(".console-what a").first.click()
            keep_page(marit, "nieuws", tall=1430)
        demo.wait(minutes=3)

    def _recall(self) -> None:
        with self._console("Marit") as marit:
            marit.go("updates")
            marit.page.locator(".console-what a").first.click()
            marit.press("Roep terug, er komt een verbetering")
            keep_page(marit, "nieuws-terug", tall=1400)

    def _texts(self) -> None:
        """A speaker says a sentence better; another looks at it on her phone, and the first page counts it."""
        with self._console("Lina") as lina:
            lina.go("texts/units/appointment.day?language=ar")
            lina.page.get_by_role("link", name="✏️ Verbeter").click()
            lina.page.locator(".console-choice").first.click()
            lina.page.fill("#said", _BETTER)
            lina.press("Stuur door")
        context = self._context(360, 740, scale=2)
        hassan = Console(context.new_page(), self._demo.at)
        hassan.log_in("Hassan")
        hassan.go("texts/queue")
        save("teksten-telefoon", hassan.page.screenshot(full_page=True), wide=480)
        context.close()
        with self._console("Marit") as marit:
            marit.go()
            save("teksten-per-taal", marit.page.locator("section[aria-labelledby=texts]").screenshot(), wide=952)

    def _a_week_later(self) -> None:
        """The morning of the appointments: reminders went, answers came, tasks wait."""
        self._demo.move(self._day + timedelta(days=8))
        with self._console("Karin") as karin:
            karin.go()
            keep_page(karin, "vandaag", tall=878)
            karin.person("Amira")
            keep_page(karin, "persoon", tall=1150)
            karin.go("tasks")
            karin.page.locator("summary", has_text="Klaar").first.click()
            keep_page(karin, "taken", tall=1000)
            karin.go("deliveries")
            keep_page(karin, "verzonden", tall=1000)


def _at(day: datetime, hour: int, minute: int) -> datetime:
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def main() -> int:
    """Make them all; 0 when they stand in docs/pictures."""
    parser = argparse.ArgumentParser(description="Pictures of the README and the handbook, from a fresh demo.")
    parser.add_argument("--at", default="http://127.0.0.1:8131", help="where the demo runs")
    asked = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("No Chromium on PATH: apt install chromium fonts-noto-core fonts-noto-color-emoji", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        # Dates in forms are written in the language of the browser's own pages.
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--lang=nl"], env={"LANGUAGE": "nl"}
        )
        demo = Demo(playwright.request.new_context(), asked.at.rstrip("/"))
        try:
            Story(browser, demo).tell()
        except DemoError as error:
            print(f"The pictures can't be made: {error}", file=sys.stderr)
            return 1
        finally:
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
