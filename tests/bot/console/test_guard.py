import re

import pytest

from bot.console.site import ROUTES
from core.permissions import MATRIX, ROLES, may
from core.tables.people import Account
from tests.bot.console.room import Browser, Room

FOREIGN = [
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Origin": "https://elders.voorbeeld.nl"},
    {"Origin": "null"},
    {"Sec_Fetch_Site": "cross-site", "Origin": "http://127.0.0.1"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_post_from_another_site_is_refused(room: Room, headers: dict[str, str]) -> None:
    browser = await room.browser(await room.staff())
    answer = await browser.post("/console/people/new", {"name": "Vals", "language_1": "ti", "sense": "read"}, **headers)
    assert answer.status == 403
    assert "kwam niet van deze site" in answer.text


async def test_log_in_from_another_site_is_refused(anyone: Browser) -> None:
    answer = await anyone.post("/console/login", {"email": "a@b.nl", "password": "x"}, Sec_Fetch_Site="cross-site")
    assert answer.status == 403


async def test_post_from_here_passes(room: Room) -> None:
    browser = await room.browser(await room.staff())
    form = {"name": "Echt", "language_1": "ti", "sense": "read"}
    ours = str(browser.client.make_url("")).rstrip("/")
    for headers in ({"Sec_Fetch_Site": "same-origin"}, {"Origin": ours}, {}):
        assert (await browser.post("/console/people/new", form, **headers)).status == 303


async def test_every_answer_carries_the_headers(room: Room) -> None:
    browser = await room.browser(await room.staff())
    for path in ("/console/", "/console/login", "/console/nergens", "/console/static/console.css"):
        headers = (await browser.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
    assert (await browser.get("/console/")).headers["Cache-Control"] == "no-store"


async def test_no_page_has_a_script_or_style_inside(room: Room) -> None:
    account = await room.staff()
    person, browser = await room.person(account), await room.browser(account)
    for path in ("/console/", "/console/people", f"/console/people/{person.id}", "/console/leefgeld"):
        page = (await browser.get(path)).text
        assert not re.search(r"<style|<script(?![^>]*src=)|\sstyle=|\son[a-z]+=", page)


def test_every_route_names_a_permission_of_the_matrix() -> None:
    assert {route.permission for route in ROUTES} <= set(MATRIX)
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("role", ROLES)
async def test_forbidden_rooms_look_like_nothing(room: Room, role: str) -> None:
    account = await room.staff(role)
    browser = await room.browser(account)
    nothing = (await browser.get("/console/nergens")).text
    for route in ROUTES:
        if route.path == "/logout" or _may(account, route.permission):
            continue
        path = "/console" + route.path.replace("{id}", "01890000-0000-7000-8000-000000000000")
        answer = await (browser.get(path) if route.method == "GET" else browser.post(path))
        assert answer.status == 404, f"{role} {route.method} {path}"
        assert answer.text == nothing


@pytest.mark.parametrize("role", ROLES)
async def test_allowed_rooms_open(room: Room, role: str) -> None:
    account = await room.staff(role)
    browser = await room.browser(account)
    for route in ROUTES:
        if route.method == "GET" and "{" not in route.path and _may(account, route.permission):
            assert (await browser.get("/console" + route.path)).status == 200, f"{role} {route.path}"


@pytest.mark.parametrize("role", ROLES)
async def test_unknown_and_crooked_ids_are_missing(room: Room, role: str) -> None:
    browser = await room.browser(await room.staff(role))
    for path in ("people", "appointments", "workshops", "leefgeld", "updates"):
        for row_id in ("01890000-0000-7000-8000-000000000000", "1", "%27%20or%201"):
            assert (await browser.get(f"/console/{path}/{row_id}")).status == 404


def _may(account: Account, permission: str) -> bool:
    return may(account, permission)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=a", b"--b\r\n\r\n"),
        ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: form-data; name=x\r\n\r\nhalf"),
        ("application/x-www-form-urlencoded; charset=x-unknown", b"name=a"),
        ("application/x-www-form-urlencoded", b"name=\xff%ff"),
    ],
)
async def test_a_post_that_is_no_form_is_refused(room: Room, kind: str, body: bytes) -> None:
    browser = await room.browser(await room.staff())
    async with browser.client.post("/console/people/new", data=body, headers={"Content-Type": kind}) as answer:
        assert answer.status in (400, 422)
