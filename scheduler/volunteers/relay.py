"""The rolmodel's side of a question: she takes one, and answers it or gives it away; to her it is a number.

Whatever she does can be taken back until the person hears of it. Functions that act on a question give it back as it
stands then, or None where it isn't hers any more.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.settings import Settings
from core.tables.people import Account
from core.tables.relay import Question
from core.values import Private
from scheduler import tasks
from scheduler.queue import notices
from scheduler.volunteers import questions, rota, volunteer

WORK = "answer"

#: So many questions are tried before none is free: others may take them at the same moment.
AT_ONCE = 10


async def take(session: AsyncSession, now: datetime, settings: Settings, account: Account) -> Question | None:
    """The question that she has, else the next one for her, which is hers from now on; None where none waits."""
    mine = await held(session, account)
    if mine is not None:
        return mine
    for candidate in await rota.waiting(session, now, settings, account, most=AT_ONCE):
        free = select(Question).where(Question.id == candidate.id, Question.state == "waiting")
        found = await session.scalars(free.with_for_update(skip_locked=True).execution_options(populate_existing=True))
        question = found.one_or_none()
        if question is not None:
            _give(question, account, now)
            await session.flush()
            await rota.hush(session, now, settings, question.language)
            return question
    return None


async def held(session: AsyncSession, account: Account) -> Question | None:
    """The question that she took and didn't answer yet."""
    has = select(Question).where(Question.state == "taken", Question.rolmodel_id == account.id)
    return (await session.scalars(has.order_by(Question.due).limit(1))).one_or_none()


def _give(question: Question, account: Account, now: datetime) -> None:
    question.state, question.rolmodel_id, question.taken_at, question.why = "taken", account.id, now, None


async def hers(
    session: AsyncSession, now: datetime, settings: Settings, question_id: UUID, account: Account
) -> Question | None:
    """The question, locked, if she has it, or could still have it: it went back to the others and none took it."""
    question = await questions.locked(session, question_id)
    if question is None:
        return None
    if question.state == "taken" and question.rolmodel_id == account.id:
        return question
    if question.state == "asking" and question.why == "slow" and question.rolmodel_id == account.id:
        return question  # too late for the promise, not for the person
    if question.state == "waiting" and account.id in {one.id for one in await _able(session, now, settings, question)}:
        return question
    return None


async def _able(session: AsyncSession, now: datetime, settings: Settings, question: Question) -> list[Account]:
    return await rota.speakers(session, clock.wall(now, settings.timezone).date(), question)


async def answer(
    session: AsyncSession,
    now: datetime,
    settings: Settings,
    question: Question,
    account: Account,
    *,
    text: str | None = None,
    media_id: UUID | None = None,
) -> None:
    """Her answer, written or spoken, goes once it can't be taken back any more."""
    await _count(session, now, question, account)
    question.state, question.rolmodel_id, question.why, question.taken_at = "answered", account.id, None, None
    question.answer, question.answer_media_id = None if text is None else Private(text), media_id
    question.answered_at = question.closed_at = now
    await session.flush()
    await questions.tell(session, now, settings, question)
    await rota.hush(session, now, settings, question.language)


async def pass_on(
    session: AsyncSession, now: datetime, settings: Settings, question: Question, account: Account
) -> None:
    """Another answers it, she never; no reason is asked. Where nobody else can, the person is asked at once."""
    await _count(session, now, question, account)
    question.passed_by = [*(question.passed_by or ()), account.id]
    await _let_go(session, now, settings, question)
    if not await _able(session, now, settings, question):
        await questions.may_see(session, now, settings, question, "slow")


async def _let_go(session: AsyncSession, now: datetime, settings: Settings, question: Question) -> None:
    question.state, question.rolmodel_id, question.taken_at = "waiting", None, None
    await session.flush()
    await rota.call(session, now, settings, question)
    await rota.hush(session, now, settings, question.language)


async def to_municipality(
    session: AsyncSession, now: datetime, settings: Settings, question: Question, account: Account
) -> None:
    """It is for the municipality: the person is asked first."""
    await _count(session, now, question, account)
    question.rolmodel_id = account.id
    await questions.may_see(session, now, settings, question, "asked")


async def too_heavy(
    session: AsyncSession, now: datetime, settings: Settings, question: Question, account: Account
) -> None:
    """A professional takes over: staff know at once that somebody may need them, the words only with her yes."""
    await _count(session, now, question, account)
    question.rolmodel_id = account.id
    await questions.may_see(session, now, settings, question, "heavy")
    await tasks.open_task(
        session,
        now,
        settings,
        kind=tasks.Kind.QUESTION,
        person_id=question.person_id,
        reason="heavy",
        due=tasks.today(now, settings),
        source_kind=questions.SOURCE_KIND,
        source_id=question.id,
    )


async def take_back(
    session: AsyncSession, now: datetime, settings: Settings, question_id: UUID, account: Account
) -> Question | None:
    """Undo what she did last with a question, as long as nobody knows of it: she has it again."""
    question = await questions.locked(session, question_id)
    if question is None or not any(undoable(question, account) for undoable in _UNDOABLE):
        return None
    if question.state != "waiting" and not await _unsaid(session, now, settings, question):
        return None
    if question.passed_by and question.passed_by[-1] == account.id:
        question.passed_by = question.passed_by[:-1] or None
    _give(question, account, now)
    _unanswer(question)
    await session.flush()
    await tasks.close_of(session, now, question.id, [tasks.Kind.QUESTION], "taken_back", account.id)
    await rota.hush(session, now, settings, question.language)
    return question


def _unanswer(question: Question) -> None:
    question.answer = question.answer_media_id = question.answered_at = question.closed_at = None


def _did(question: Question, account: Account) -> bool:
    asked = question.state == "asking" and question.why in ("heavy", "asked")
    return question.rolmodel_id == account.id and (question.state == "answered" or asked)


def _passed(question: Question, account: Account) -> bool:
    free = question.state == "waiting" or (question.state == "asking" and question.why == "slow")
    last = question.passed_by[-1] if question.passed_by else None
    return free and question.rolmodel_id is None and last == account.id


_UNDOABLE: tuple[Callable[[Question, Account], bool], ...] = (_did, _passed)


async def _unsaid(session: AsyncSession, now: datetime, settings: Settings, question: Question) -> bool:
    """Whether the person knows nothing of it yet, nor will: the push is taken out of the queue."""
    if questions.is_answered(question, now, settings):
        return False
    return bool(await notices.withdraw(session, question.id, questions.TAKEN_BACK))


async def stop(session: AsyncSession, now: datetime, settings: Settings, account: Account) -> None:
    """She answers none for now: what she has goes to the others, and she isn't called."""
    has = select(Question).where(Question.state == "taken", Question.rolmodel_id == account.id)
    for question in list(await session.scalars(has.with_for_update())):
        await _let_go(session, now, settings, question)
    await rota.dismiss(session, account)


async def depart(session: AsyncSession, now: datetime, settings: Settings, account: Account) -> int:
    """Her account was stopped: what she has, and answers that nobody heard of yet, go to others; how many questions.

    Where nobody else can answer, the person is asked whether the municipality may see it.
    """
    hers = Question.rolmodel_id == account.id
    query = select(Question).where(hers, Question.state.in_(("taken", "answered"))).order_by(Question.id)
    given = 0
    for question in list(await session.scalars(query.with_for_update())):
        told = question.state == "answered" and not await _unheard(session, question)
        if told:
            continue
        _unanswer(question)
        question.passed_by = [*(question.passed_by or ()), account.id]
        await _let_go(session, now, settings, question)
        if not await _able(session, now, settings, question):
            await questions.may_see(session, now, settings, question, "slow")
        given += 1
    await rota.dismiss(session, account)
    return given


async def _unheard(session: AsyncSession, question: Question) -> bool:
    """Whether the push about her answer still waited: it stays here now."""
    return bool(await notices.withdraw(session, question.id, questions.TAKEN_BACK))


async def release(session: AsyncSession, now: datetime, settings: Settings, before: datetime) -> int:
    """Give back what somebody took before that moment and didn't answer; returns how many."""
    query = (
        select(Question)
        .where(Question.state == "taken", Question.taken_at <= before)
        .order_by(Question.id)
        .with_for_update(skip_locked=True)
    )
    idle = list(await session.scalars(query.execution_options(populate_existing=True)))
    for question in idle:
        await _let_go(session, now, settings, question)
    return len(idle)


async def _count(session: AsyncSession, now: datetime, question: Question, account: Account) -> None:
    """What she did since she saw it is work, also where she gives it away."""
    if question.taken_at is not None and question.rolmodel_id == account.id:
        await volunteer.since(session, now, account, WORK, question.taken_at)
