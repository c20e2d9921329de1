"""Questions to rolmodellen: how many wait and until when; the words only where the person said yes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from aiohttp import web
from sqlalchemy import select

from bot.console import guard, page, words
from bot.console.desk import Visit
from core.languages import LANGUAGES
from core.permissions import may
from core.tables.people import Person
from core.tables.relay import Question
from core.tables.voice import Media
from core.values import Private

#: Questions that ended are on the list as long as their words exist.
_SHOWN = timedelta(days=7)

#: The one state in which staff may read a question: its person said yes.
READABLE = "municipality"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A question as its list shows it: nobody can tell from it who asked."""

    id: UUID
    number: int
    language: str
    state: str
    look: str
    why: str
    since: datetime  #: wall time
    due: datetime  #: wall time: promised by then
    late: bool
    readable: bool


async def index(visit: Visit) -> web.Response:
    """What is open, then what ended in the last week; the oldest promise first."""
    number = page.number(visit.request)
    recent = Question.closed_at.is_(None) | (Question.closed_at > visit.now - _SHOWN)
    query = (
        select(Question, Person)
        .join(Person, Person.id == Question.person_id)
        .where(recent)
        .order_by(Question.closed_at.is_not(None), Question.due, Question.number)
        .limit(page.LENGTH + 1)
        .offset((number - 1) * page.LENGTH)
    )
    found = [_line(visit, question, person) for question, person in await visit.session.execute(query)]
    more = len(found) > page.LENGTH
    return page.show(visit, "questions.html", lines=found[: page.LENGTH], number=number, more=more)


def _line(visit: Visit, question: Question, person: Person) -> Line:
    state, look = words.QUESTIONS[question.state]
    return Line(
        id=question.id,
        number=question.number,
        language=words.language(question.language),
        state=state,
        look=look,
        why=words.WHY_ASKED.get(question.why or "", ""),
        since=page.local(question.asked_at, visit),
        due=page.local(question.due, visit),
        late=question.closed_at is None and question.due < visit.now,
        readable=question.state == READABLE and may(visit.account, "question.read", person),
    )


async def show(visit: Visit) -> web.Response:
    """The words of one question, for who may read it; without the person's yes there is no such page."""
    question, person = await _readable(visit)
    return page.show(
        visit,
        "question.html",
        question=question,
        language=words.language(question.language),
        direction=LANGUAGES[question.language].direction,
        said=(question.text or Private("")).reveal(),
        spoken=question.media_id is not None,
        why=words.WHY_ASKED.get(question.why or "", ""),
        since=page.local(question.asked_at, visit),
        until=page.local((question.closed_at or visit.now) + _SHOWN, visit),
        person_id=person.id,
    )


async def voice(visit: Visit) -> web.Response:
    """The voice of a spoken question, under the same condition."""
    question, _ = await _readable(visit)
    heard = await visit.session.get(Media, question.media_id) if question.media_id else None
    if heard is None or heard.content is None:
        raise web.HTTPNotFound
    return web.Response(body=heard.content, content_type=heard.mime)


async def _readable(visit: Visit) -> tuple[Question, Person]:
    question = await visit.session.get(Question, visit.id_in_path())
    if question is None or question.state != READABLE:
        raise web.HTTPNotFound
    return question, await guard.person(visit, question.person_id, "question.read")
