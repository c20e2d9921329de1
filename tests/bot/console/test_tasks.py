from core.tables.people import Account, Person
from core.tables.work import Task
from scheduler import tasks
from tests.bot.console.room import Room


async def opened(room: Room, person: Person, *, call: bool = False) -> Task:
    """An open task about a person."""
    async with room.begin() as session:
        return await tasks.open_task(
            session, room.clock.now(), room.settings, kind="call_me", person_id=person.id, reason="unsaid", call=call
        )


async def test_list_says_what_who_and_in_which_language(room: Room) -> None:
    karin = await room.staff()
    await opened(room, await room.person(karin), call=True)
    page = (await (await room.browser(karin)).get("/console/tasks?list=calls")).text
    for words in ("Wil gebeld worden", "Selam", "Tigrinya, tolk nodig", "van Karin", "dinsdag 22 december"[:2]):
        assert words in page


async def test_closed_with_how(room: Room) -> None:
    karin = await room.staff()
    task = await opened(room, await room.person(karin))
    browser = await room.browser(karin)
    page = await browser.send(f"/console/tasks/{task.id}/close", {"how": "called"})
    assert "Er wacht niets." in page.text
    (closed,) = await room.all(Task)
    assert (closed.closed_by, closed.closed_how) == (karin.id, "called")


async def test_task_of_somebody_elses_person_is_not_there(room: Room) -> None:
    task = await opened(room, await room.person(await room.staff()))
    browser = await room.browser(await room.staff(name="Piet"))
    assert "Selam" not in (await browser.get("/console/tasks")).text
    assert (await browser.post(f"/console/tasks/{task.id}/close", {"how": "called"})).status == 404
    assert (await room.all(Task))[0].closed_at is None


async def test_first_page_counts_tasks_and_hides_names_where_seeing_them_is_logged(room: Room) -> None:
    karin, marit = await room.staff(), await room.staff("regisseur", "Marit")
    await opened(room, await room.person(karin))
    hers, his = (await _home(room, karin)), (await _home(room, marit))
    assert "Selam: Wil gebeld worden" in hers
    assert "Een inwoner: Wil gebeld worden" in his
    assert "Selam" not in his


async def _home(room: Room, account: Account) -> str:
    return (await (await room.browser(account)).get("/console/")).text
