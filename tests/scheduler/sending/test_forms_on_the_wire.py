"""What goes into a WhatsApp template can't break it, whatever the queue holds."""

import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.kinds import NOTICES
from content.parts import Value
from core.ids import new_id
from core.languages import LANGUAGES
from messaging.dispatch import Route
from scheduler.queue.bundles import Bundle
from scheduler.queue.claims import Claimed
from scheduler.sending import pushes
from tests.content.hostile import EXAMPLES, TEXTS, VALUE
from tests.scheduler.world import HOUSE, NOW

OPENING = [key for key, kind in NOTICES.items() if kind.template_values]
KNOWN = [code for code, language in LANGUAGES.items() if language.whatsapp]


def notice(kind: str, step: str, **values: Value) -> Claimed:
    return Claimed(
        id=new_id(),
        token=new_id(),
        person_id=new_id(),
        kind=kind,
        step=step,
        source_kind=kind,
        source_id=new_id(),
        source_version=1,
        due=NOW,
        use_by=NOW + timedelta(days=30),
        unit=None,
        values={**EXAMPLES, **values},
        again=False,
        attempts=1,
    )


@pytest.mark.parametrize("language", KNOWN)
@settings(max_examples=20, deadline=None)
@given(day=VALUE, at=VALUE, key=st.sampled_from(OPENING))
def test_variables_have_no_line_no_tab_and_no_row_of_spaces(
    language: str, day: Value, at: Value, key: tuple[str, str]
) -> None:
    route = Route(address_id=new_id(), channel="whatsapp", form="template", template_language=language)
    lead = notice(*key, day=day, time=at)

    message, _ = pushes.push(TEXTS, HOUSE, Bundle(lead=lead), [language], route, shared=False)

    assert message.template is not None
    assert len(message.template.variables) == len(NOTICES[key].template_values)
    for variable in message.template.variables:
        assert not re.search(r"[\n\r\t\v\f\u2028\u2029\x85]| {4}", variable)
        assert len(variable) <= 1024
