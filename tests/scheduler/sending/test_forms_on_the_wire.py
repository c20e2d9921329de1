"""What goes into a WhatsApp template can't break it, whatever the queue holds."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.kinds import NOTICES
from content.parts import Value
from core.ids import new_id
from core.languages import LANGUAGES
from messaging.dispatch import Route
from scheduler.queue.bundles import Bundle
from scheduler.sending import pushes
from tests.content.hostile import EXAMPLES, TEXTS, VALUE
from tests.scheduler.holding import claimed
from tests.scheduler.world import HOUSE

OPENING = [key for key, kind in NOTICES.items() if kind.template_values]
KNOWN = [code for code, language in LANGUAGES.items() if language.whatsapp]


@pytest.mark.parametrize("language", KNOWN)
@settings(max_examples=20, deadline=None)
@given(day=VALUE, at=VALUE, key=st.sampled_from(OPENING))
def test_variables_have_no_line_no_tab_and_no_row_of_spaces(
    language: str, day: Value, at: Value, key: tuple[str, str]
) -> None:
    route = Route(address_id=new_id(), channel="whatsapp", form="template", template_language=language)
    lead = claimed(*key, values={**EXAMPLES, "day": day, "time": at})

    message, _ = pushes.push(TEXTS, HOUSE, Bundle(lead=lead), [language], route, shared=False)

    assert message.template is not None
    assert len(message.template.variables) == len(NOTICES[key].template_values)
    for variable in message.template.variables:
        assert not re.search(r"[\n\r\t\v\f\u2028\u2029\x85]| {4}", variable)
        assert len(variable) <= 1024
