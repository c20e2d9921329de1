"""The pages of texts and news in a real browser: for a phone's width, for who reads with the ears, without a mouse."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect
from sqlalchemy import select

from bot.console import sessions
from bot.console.access import COOKIE
from content import texts
from core.tables.people import Account
from core.tables.texts import Text
from tests.bot.console.room import Room
from tests.bot.console.test_news_form import FORM
from tests.bot.console.test_textqueue import QUEUE, SHIPPED, ship
from tests.content.golden import screen
from tests.scheduler.world import NOW

PHONE, DESK = 360, 1280

LACK = screen.lacks()

pytestmark = [pytest.mark.browser, pytest.mark.skipif(LACK is not None, reason=f"no pictures: {LACK}")]


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Chromium]:
    async with screen.browser() as started:
        yield started


async def opened(room: Room, chromium: Chromium, account: Account, width: int = PHONE, **values: Any) -> Page:
    """A window of this width in which this account is logged in."""
    home = str((await room.browser()).client.make_url("/console/"))
    context = await chromium.new_context(
        viewport={"width": width, "height": 740}, base_url=home, bypass_csp=True, **values
    )
    async with room.begin() as session:
        token = await sessions.start(session, room.clock.real(), account.id)
    await context.add_cookies([{"name": COOKIE, "value": token, "url": home}])
    return await context.new_page()


async def flaws(page: Page, addresses: Sequence[str]) -> dict[str, Any]:
    """What axe finds on each of these pages, and how much wider it is than its window."""
    found: dict[str, Any] = {}
    for address in addresses:
        answer = await page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        axe = await Axe().run(page)
        wrong = [(one["id"], [node["target"] for node in one["nodes"]]) for one in axe.response["violations"]]
        wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wrong or wide > 0:
            found[address] = (wrong, wide)
    return found


async def waiting_everywhere(room: Room) -> None:
    """All texts as they are shipped, with one that went back."""
    async with room.begin() as session:
        await texts.ship(session, NOW, SHIPPED)
        went_back = select(Text).where(Text.unit == "appointment.week", Text.language == "ar")
        (await session.scalars(went_back)).one().state = "returned"


@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_what_a_regisseur_opens(room: Room, chromium: Chromium, width: int) -> None:
    await waiting_everywhere(room)
    marit = await room.staff("regisseur", "Marit", "ar", "nl")
    browser = await room.browser(marit)
    news = (
        await browser.post("/console/updates/new", {**FORM, "language": "ar", "body": "غدا www.pаypal.example"})
    ).leads_to
    page = await opened(room, chromium, marit, width)
    assert not await flaws(
        page,
        (
            "/console/",
            "/console/texts",
            "/console/texts/units/appointment.day?language=ar",
            "/console/texts/units/appointment.week?language=ar",
            "/console/texts/ti/print",
            QUEUE,
            "/console/updates",
            "/console/updates/new",
            news,
            f"{news.partition('?')[0]}/edit",
            "/console/questions",
            "/console/hours",
            "/console/deliveries",
        ),
    )


async def test_a_text_is_judged_without_a_mouse(room: Room, chromium: Chromium) -> None:
    await ship(room, "appointment.day")
    page = await opened(room, chromium, await room.staff("rolmodel", "Mehret", "ti", "nl"))
    await page.goto(QUEUE)
    await page.locator("#main").focus()
    reached = []
    for _ in range(3):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate("document.activeElement.value"))
        await page.keyboard.press("Space")
    assert reached == ["what", "when", "not"]
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Over 2 minuten gebruiken wij deze tekst")).to_be_visible()
    assert not await flaws(page, (page.url,))
    await page.locator("#main").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("De tekst wacht weer")).to_be_visible()


async def test_a_text_goes_back_without_scripts(room: Room, chromium: Chromium) -> None:
    await ship(room, "appointment.day")
    mehret = await room.staff("rolmodel", "Mehret", "ti", "nl")
    page = await opened(room, chromium, mehret, java_script_enabled=False)
    await page.goto(QUEUE)
    await page.locator("summary", has_text="Terug").click()
    await page.get_by_role("button", name="Te moeilijk").click()
    await expect(page.get_by_text("Terug naar de schrijver, met uw reden")).to_be_visible()


async def test_one_language_shows_its_states_on_a_phone(room: Room, chromium: Chromium) -> None:
    await waiting_everywhere(room)
    page = await opened(room, chromium, await room.staff("rolmodel", "Mehret", "ti", "nl"))
    await page.goto("/console/texts")
    for table in await page.locator(".console-scroll").all():
        assert await table.evaluate("one => one.scrollWidth <= one.clientWidth")
