"""Which template opens a WhatsApp conversation with what (voices.md of the design, section 24); who hears a push."""

import gc
import weakref
from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from content.audible import Clip, Voices
from content.catalogue import load as catalogue
from content.inforce import InForce, concepts
from content.parts import Part, Value
from content.voice import clips
from core.ids import new_id
from core.tables.channels import TemplateState
from messaging.channel import Template
from messaging.dispatch import Form, Route
from scheduler.queue.bundles import Bundle
from scheduler.queue.claims import Claimed
from scheduler.sending import pushes, recipients
from tests.scheduler.holding import claimed
from tests.scheduler.world import HOUSE

TEXTS = concepts(catalogue(("nl", "ar")))


def notice(kind: str, step: str, unit: str | None = None) -> Claimed:
    """What a worker took from the queue."""
    values: dict[str, Value] = {"day": date(2027, 1, 12), "time": time(10)}
    if step == "changed":
        values |= {"old_day": date(2027, 1, 11), "old_time": time(9)}
    if step == "offered":
        values |= {"until_day": date(2027, 1, 11), "until_time": time(12)}
    if kind == "week":
        values["count"] = 3
    return claimed(kind, step, unit=unit, values=values)


def template(
    lead: Claimed, *joined: Claimed, shared: bool = False, languages: tuple[str, ...] = ("ar", "nl"), of: str = "ar"
) -> Template:
    """The template that a push goes as, outside the 24 hours."""
    route = Route(address_id=new_id(), channel="whatsapp", form="template", template_language=of)
    message, _ = pushes.push(TEXTS, HOUSE, Bundle(lead=lead, joined=joined), languages, route, shared=shared)
    assert message.template is not None
    return message.template


@pytest.mark.parametrize(
    ("kind", "step", "unit", "expected"),
    [
        ("appointment", "announced", None, "afspraak"),
        ("appointment", "announced", "appointment.soon", "afspraak"),
        ("appointment", "week", None, "afspraak"),
        ("appointment", "week", "appointment.ahead", "afspraak"),
        ("appointment", "day", None, "afspraak"),
        ("appointment", "hours", None, "afspraak"),
        ("appointment", "hours", "appointment.day", "afspraak"),
        ("workshop", "day", None, "afspraak"),
        ("workshop", "hours", "workshop.day", "afspraak"),
        ("appointment", "changed", None, "nieuwe_dag"),
        ("appointment", "changed", "appointment.time", "nieuwe_dag"),
        ("appointment", "changed", "appointment.place", "bericht"),
        ("appointment", "changed", "appointment.announced", "bericht"),
        ("appointment", "cancelled", None, "gaat_niet_door"),
        ("workshop", "offered", None, "bericht"),
        ("workshop", "missed", None, "bericht"),
        ("leefgeld", "paid", None, "bericht"),
        ("week", "", None, "bericht"),
    ],
)
def test_each_step_has_its_template(kind: str, step: str, unit: str | None, expected: str) -> None:
    said = template(notice(kind, step, unit))
    assert said.name == expected
    assert len(said.variables) == (0 if expected == "bericht" else 2)


def test_several_at_once_and_a_shared_phone_say_only_that_there_is_a_message() -> None:
    new = notice("appointment", "announced")
    assert template(new, notice("appointment", "announced")).name == "bericht"
    assert template(new, shared=True).name == "bericht"


def test_a_language_without_templates_gets_the_dutch_one_with_its_button() -> None:
    said = template(notice("appointment", "day"), languages=("ti", "nl"), of="nl")
    assert (said.language, said.variables) == ("nl", ("dinsdag 12 januari", "10:00"))
    assert said.label.endswith("Open")


def _read_aloud(*parts: Part) -> InForce:
    """The same texts, where one speaker has every clip of these."""
    readings = [reading for part in parts for reading in clips.spoken(TEXTS, "nl", part) or []]
    clip_of = {one.key: Clip(text_hash=one.hash, media_id=one.key) for one in readings}
    return replace(TEXTS, voices=Voices(speakers={"nl": [clip_of]}))


def _voice(
    lead: Claimed, channel: str, *, shared: bool = False, listens: bool = True, form: Form = "bubble"
) -> tuple[str, ...]:
    said = [Part(unit=unit, name="push", values=lead.values) for unit in ("appointment.day", "shared")]
    route = Route(address_id=new_id(), channel=channel, form=form)
    texts, bundle = _read_aloud(*said), Bundle(lead=lead)
    return pushes.push(texts, HOUSE, bundle, ("nl",), route, shared=shared, listens=listens)[0].voice


def test_a_push_is_spoken_to_who_listens_never_by_sms_nor_on_a_shared_phone() -> None:
    lead = notice("appointment", "day")
    assert _voice(lead, "telegram")
    assert _voice(lead, "whatsapp")
    assert _voice(lead, "telegram", listens=False) == ()
    assert _voice(lead, "sms", form="sms") == _voice(lead, "sms") == ()
    assert _voice(lead, "telegram", shared=True) == ()


async def test_no_language_is_used_in_which_the_plain_message_is_not_approved(session: AsyncSession) -> None:
    for name, language, approval in (
        ("afspraak", "ar", "approved"),
        ("afspraak", "nl", "approved"),
        ("nieuwe_dag", "nl", "pending"),
        ("bericht", "ar", "rejected"),
        ("bericht", "nl", "approved"),
        ("bericht", "fa", "approved"),
    ):
        session.add(TemplateState(template=name, language=language, approval=approval))
    await session.flush()
    assert await recipients.template_states(session) == {
        "afspraak": {"ar": "rejected", "nl": "approved"},
        "nieuwe_dag": {"nl": "pending"},
        "bericht": {"ar": "rejected", "nl": "approved", "fa": "approved"},
    }


def test_texts_that_are_no_longer_said_are_not_kept_for_their_voices() -> None:
    """A busy day of reviewing makes hundreds of snapshots, of megabytes each."""
    texts = concepts(catalogue(("nl", "ar")))
    route = Route(address_id=new_id(), channel="telegram", form="bubble")
    lead = Bundle(lead=notice("appointment", "day"))
    pushes.push(texts, HOUSE, lead, ("ar", "nl"), route, shared=False, listens=True)
    kept = weakref.ref(texts)
    del texts
    gc.collect()
    assert kept() is None
