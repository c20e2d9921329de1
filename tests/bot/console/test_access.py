from datetime import timedelta

from bot.console import DemoStaff, sessions
from core import accounts
from core.tables.service import StaffSession
from tests.bot.console.room import PASSWORD, Browser, Room

LOGIN = {"email": "karin@voorbeeld.nl", "password": PASSWORD}


async def test_right_password_opens_the_console(room: Room, anyone: Browser) -> None:
    await room.staff(password=PASSWORD)
    answer = await anyone.post("/console/login", LOGIN)
    assert answer.leads_to == "/console/"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/console" in cookie
    assert "Secure" not in cookie
    assert (await anyone.get("/console/")).status == 200
    assert len(await room.audited("log in")) == 1


async def test_cookie_is_secure_where_the_service_has_https(room: Room) -> None:
    await room.staff(password=PASSWORD)
    room.settings = room.settings.model_copy(update={"public_url": "https://pim.voorbeeld.nl"})
    browser = await room.browser()
    answer = await browser.post("/console/login", LOGIN)
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"]


async def test_token_is_not_kept(room: Room, anyone: Browser) -> None:
    await room.staff(password=PASSWORD)
    answer = await anyone.post("/console/login", LOGIN)
    (row,) = await room.all(StaffSession)
    token = answer.headers["Set-Cookie"].split("=")[1].split(";")[0]
    assert token.encode() not in row.token_hash


async def test_wrong_password_and_unknown_account_read_the_same(room: Room, anyone: Browser) -> None:
    await room.staff(password=PASSWORD)
    wrong = await anyone.post("/console/login", {**LOGIN, "password": "iets anders iets"})
    unknown = await anyone.post("/console/login", {**LOGIN, "email": "niemand@voorbeeld.nl"})
    assert wrong.status == unknown.status == 422
    assert wrong.text.replace("karin", "niemand") == unknown.text
    assert "horen niet bij elkaar" in wrong.text
    assert "iets anders iets" not in wrong.text


async def test_five_wrong_tries_make_one_wait(room: Room, anyone: Browser) -> None:
    await room.staff(password=PASSWORD)
    await room.staff(name="Piet", password=PASSWORD)
    for _ in range(5):
        await anyone.post("/console/login", {**LOGIN, "password": "iets anders iets"})
    refused = await anyone.post("/console/login", LOGIN)
    assert refused.status == 429
    assert "over 1 minuut" in refused.text
    assert (await anyone.post("/console/login", {**LOGIN, "email": "piet@voorbeeld.nl"})).status == 303
    room.clock.advance(timedelta(minutes=1, seconds=1))
    assert (await anyone.post("/console/login", LOGIN)).status == 303


async def test_unknown_account_waits_as_long(anyone: Browser) -> None:
    for _ in range(5):
        await anyone.post("/console/login", LOGIN)
    assert (await anyone.post("/console/login", LOGIN)).status == 429


async def test_without_a_log_in_every_page_asks_for_one(anyone: Browser) -> None:
    assert (await anyone.get("/console/people")).leads_to == "/console/login"


async def test_log_out_ends_the_row(room: Room) -> None:
    browser = await room.browser(await room.staff())
    assert (await browser.post("/console/logout")).leads_to == "/console/login?note=logged-out"
    assert await room.all(StaffSession) == []


async def test_log_in_ends_by_itself(room: Room) -> None:
    browser = await room.browser(await room.staff())
    for _ in range(7):
        room.clock.advance(timedelta(minutes=100))
        assert (await browser.get("/console/")).status == 200
    room.clock.advance(timedelta(minutes=100))
    assert (await browser.get("/console/")).leads_to == "/console/login"


async def test_idle_log_in_ends(room: Room) -> None:
    browser = await room.browser(await room.staff())
    room.clock.advance(sessions.IDLE)
    assert (await browser.get("/console/")).leads_to == "/console/login"


async def test_closed_account_is_out_at_the_next_request(room: Room) -> None:
    account = await room.staff()
    browser = await room.browser(account)
    async with room.begin() as session:
        kept = await session.get_one(type(account), account.id)
        kept.disabled_at = room.clock.now()
    assert (await browser.get("/console/")).leads_to == "/console/login"


async def test_revoked_log_ins_are_out_at_once(room: Room) -> None:
    account = await room.staff()
    first, second = await room.browser(account), await room.browser(account)
    async with room.begin() as session:
        assert await accounts.log_out(session, account.id) == 2
    for browser in (first, second):
        assert (await browser.get("/console/")).leads_to == "/console/login"


async def test_new_role_counts_at_the_next_request(room: Room) -> None:
    account = await room.staff()
    browser = await room.browser(account)
    async with room.begin() as session:
        (await session.get_one(type(account), account.id)).role = "beheerder"
    assert (await browser.get("/console/people")).status == 404


async def test_demo_says_so_and_offers_its_log_ins(room: Room) -> None:
    staff = (DemoStaff(email="karin@voorbeeld.nl", password=PASSWORD, name="Karin", role="klantmanager"),)
    browser = await room.browser(demo=True, demo_staff=staff)
    page = (await browser.get("/console/login")).text
    assert "Voorbeeld: alle mensen, dagen en bedragen zijn verzonnen" in page
    assert "karin@voorbeeld.nl" in page


async def test_outside_the_demo_no_log_in_is_shown(anyone: Browser) -> None:
    page = (await anyone.get("/console/login")).text
    assert "Voorbeeld" not in page
