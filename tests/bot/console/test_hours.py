from datetime import timedelta

from scheduler.volunteers import volunteer
from tests.bot.console.room import Room
from tests.scheduler.world import NOW


async def worked(room: Room, name: str, minutes: int, months: int = 0) -> None:
    account = await room.staff("rolmodel", name, "ti")
    async with room.begin() as session:
        for start in range(0, minutes, 10):
            at = NOW - timedelta(days=31 * months, minutes=start)
            await volunteer.add(session, at, account, "review", 60 * min(10, minutes - start))


async def test_hours_per_rolmodel_of_a_month(room: Room) -> None:
    await worked(room, "Mehret", 160)
    await worked(room, "Dawit", 20, months=1)
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    page = (await browser.get("/console/hours")).text
    assert "december 2026" in page
    assert "2 uur en 40 minuten" in page
    assert "Dawit" not in page
    before = (await browser.get("/console/hours?month=2026-11")).text
    assert "0 uur en 20 minuten" in before
    assert "Mehret" not in before


async def test_as_a_table(room: Room) -> None:
    await worked(room, "Mehret", 160)
    await worked(room, "=Sum", 11)
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    table = await browser.get("/console/hours.csv?month=2026-12")
    assert table.headers["Content-Type"].startswith("text/csv")
    assert table.text.removeprefix("\ufeff").splitlines() == [
        "maand;rolmodel;e-mail;uren;minuten",
        "2026-12;'=Sum;'=sum@voorbeeld.nl;0;11",
        "2026-12;Mehret;mehret@voorbeeld.nl;2;40",
    ]


async def test_what_is_no_month_is_this_month(room: Room) -> None:
    browser = await room.browser(await room.staff("regisseur", "Marit"))
    for asked in ("2026-13", "x", "1", "2026-12-01", "9999-12"):
        assert "december 2026" in (await browser.get(f"/console/hours?month={asked}")).text


async def test_only_for_the_regisseur(room: Room) -> None:
    for role in ("klantmanager", "rolmodel", "beheerder"):
        browser = await room.browser(await room.staff(role, role.title()))
        assert (await browser.get("/console/hours")).status == 404
        assert (await browser.get("/console/hours.csv")).status == 404
