"""The page in a real browser, while messages come and go."""

import json
from uuid import UUID

import pytest
from playwright.async_api import expect

from core.ids import new_id
from core.values import Handle
from messaging.channel import Attached, Outgoing
from tests.bot.simulator.desk import Phones
from tests.content.golden import screen

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(screen.chromium() is None, reason="no Chromium: apt install chromium"),
]


async def test_a_wiped_talk_leaves_the_screen_at_once_of_both_sides(house: Phones) -> None:
    phone = await house.new("telegram", "nl")
    channel, handle = house.simulator.channel("telegram"), Handle(phone["address"])
    phone_id = UUID(phone["id"])
    sent = await channel.send(handle, Outgoing(text="Bent u in gevaar?", language="nl"), new_id())
    await house.simulator.attach(phone_id, Attached.VOICE, "audio/ogg", b"OggS")
    spoken = (await house.simulator.messages(phone_id, 0, 0))[-1]
    async with screen.browser() as chromium:
        page = await chromium.new_page(bypass_csp=True)
        kept = json.dumps(json.dumps([phone["id"]]))
        await page.add_init_script(f"localStorage.setItem('open-phones', {kept})")
        await page.goto(str(house.client.make_url("/simulator")))
        await expect(page.get_by_text("Bent u in gevaar?")).to_be_visible()
        await expect(page.locator("audio")).to_have_count(1)

        gone = (sent.provider_id or "", spoken.provider_id(phone_id))
        await channel.send(handle, Outgoing(text="Wat wilt u doen?", language="nl", remove=gone), new_id())

        await expect(page.get_by_text("Wat wilt u doen?")).to_be_visible()
        await expect(page.get_by_text("bericht weggehaald")).to_have_count(2)
        await expect(page.get_by_text("Bent u in gevaar?")).to_have_count(0)
        await expect(page.locator("audio")).to_have_count(0)
