from datetime import UTC, datetime, timedelta

from core.ids import new_id
from messaging import traces
from messaging.channel import Reached, Receipt, Trace
from messaging.traces import Sought

NOW = datetime(2027, 1, 11, 9, tzinfo=UTC)


def make_sought(text: str = "Er is een bericht.", *, after: float = 0, channel: str = "sms") -> Sought:
    return Sought(delivery_id=new_id(), channel=channel, text=text, at=NOW + timedelta(seconds=after))


def make_trace(text: str = "Er is een bericht.", *, after: float = 0, sid: str = "SM1") -> Trace:
    receipt = Receipt(channel="sms", provider_id=sid, reached=Reached.SENT)
    return Trace(text=text, at=NOW + timedelta(seconds=after), receipt=receipt)


def test_the_same_words_at_that_moment() -> None:
    sought, trace = make_sought(), make_trace("Er is  een bericht.\n\n1 Ja", after=1)

    assert traces.match([sought], [make_trace("Iets anders.", sid="SM0"), trace], ()) == {sought.delivery_id: trace}


def test_what_had_its_answer_is_another_message() -> None:
    assert not traces.match([make_sought()], [make_trace()], {"SM1"})


def test_other_words_are_another_message() -> None:
    assert not traces.match([make_sought()], [make_trace("Iets anders.")], ())


def test_an_earlier_or_later_one_is_another_message() -> None:
    old, late = make_trace(after=-120), make_trace(after=600, sid="SM2")

    assert not traces.match([make_sought()], [old, late], ())


def test_two_of_the_same_get_one_each_in_order() -> None:
    first, second = make_sought(), make_sought(after=30)
    one, other = make_trace(after=1), make_trace(after=31, sid="SM2")

    found = traces.match([second, first], [other, one], ())

    assert found == {first.delivery_id: one, second.delivery_id: other}


def test_one_trace_settles_one_of_two() -> None:
    found = traces.match([make_sought(), make_sought()], [make_trace()], ())

    assert len(found) == 1


def test_a_template_is_known_by_being_alone() -> None:
    sought, template = make_sought("ናይ ጽባሕ", channel="whatsapp"), make_trace("PIM Welkom, gemeente", after=1)

    assert traces.match([sought], [template], ()) == {sought.delivery_id: template}
    assert not traces.match([sought], [template, make_trace("Nog een", sid="SM2")], ())


def test_an_empty_text_is_like_no_other() -> None:
    assert not traces.match([make_sought("")], [make_trace()], ())
