import re

import pytest

from bot.simulator.desk import is_loopback
from tests.bot.simulator.desk import Phones


async def test_the_page_says_that_all_is_made_up_and_leads_to_the_console(house: Phones) -> None:
    async with house.client.get("/simulator") as answer:
        html = await answer.text()

    assert "voorbeeld" in html
    assert 'href="/console/"' in html


async def test_nothing_on_the_page_comes_from_elsewhere_or_runs_inline(house: Phones) -> None:
    async with house.client.get("/simulator") as answer:
        html, policy = await answer.text(), answer.headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "http" not in html
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bstyle=|\bon\w+=", html)


async def test_every_file_of_the_page_is_served(house: Phones) -> None:
    async with house.client.get("/simulator") as answer:
        files = re.findall(r'"(/simulator/static/[^"]+)"', await answer.text())

    assert len(files) > 3
    for file in files:
        async with house.client.get(file) as answer:
            assert answer.status == 200
            imports = re.findall(r'from "\./([^"]+)"', await answer.text())
        for name in imports:
            async with house.client.get(f"/simulator/static/{name}") as answer:
                assert answer.status == 200


@pytest.mark.parametrize("name", ["..%2fapi.py", "nothing.js", "%00"])
async def test_no_other_file_is_served(house: Phones, name: str) -> None:
    async with house.client.get(f"/simulator/static/{name}") as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    ("remote", "local"),
    [
        ("127.0.0.1", True),
        ("127.3.2.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.168.1.9", False),
        ("::ffff:10.0.0.1", False),
        ("", False),
        (None, False),
    ],
)
def test_who_sits_at_this_machine(remote: str | None, local: bool) -> None:
    assert is_loopback(remote) is local
