"""What keeps a sentence that somebody typed from being said, in easy Dutch: the checks of every release, reworded."""

import re
from collections.abc import Iterator, Sequence

from content import brevity, faithful
from content.catalogue import Body

#: What faithful and brevity say -> what a rolmodel reads. What has no words of its own here gets the last sentence.
_IN_DUTCH: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"lacks (.+)", "Dit ontbreekt: {0}. Zet het in de zin."),
        (r"has (.+), the Dutch has not", "Dit hoort er niet in: {0}."),
        (r"number left out: (.+)", "Dit getal ontbreekt: {0}."),
        (r"number added: (.+)", "Dit getal staat niet in het Nederlands: {0}."),
        (r"link left out: (.+)", "Deze link ontbreekt: {0}."),
        (r"link added: (.+)", "Deze link staat niet in het Nederlands: {0}."),
        (r"sign left out: (.+)", "Dit teken ontbreekt: {0}."),
        (r"sign added: (.+)", "Dit teken staat niet in het Nederlands: {0}."),
        (r"(.+) is hidden in it", "Er staat een teken in dat niemand ziet. Typ de zin zelf."),
        (r"(\w+) is missing", "Het woord {0} ontbreekt. Dat blijft in elke taal hetzelfde."),
        (r"begins with “.*”, the Dutch with “(.+)”", "De zin begint met dit plaatje: {0}"),
        (r"begins with “(.+)”, the Dutch with “”", "Dit plaatje hoort niet aan het begin: {0}"),
        (r"digits that aren't Latin: (.+)", "Schrijf cijfers zo: 0 1 2 3 4 5 6 7 8 9."),
        (r"a brace without its other half", "Er staat een haakje te veel, of te weinig."),
        (r"(\{.*\}) is no name of a value", "Dit kennen wij niet: {0}."),
        (r"a button holds (\d+) .*, this is (\d+)", "Een knop heeft plaats voor {0} tekens. Dit zijn er {1}."),
        (r"an SMS holds (\d+) .*, this is (\d+).*", "Een sms heeft plaats voor {0} tekens. Dit kunnen er {1} worden."),
        (r"two SMS hold (\d+) .*, this is (\d+).*", "Twee sms’en zijn {0} tekens. Dit kunnen er {1} worden."),
        (r"not in the SMS alphabet: (.+)", "Dit teken kan niet in een sms: {0}"),
    )
)

_OTHERWISE = "Hij zegt niet hetzelfde als het Nederlands."


def problems(language: str, unit: str, dutch: Body, body: Body) -> Iterator[str]:
    """Everything that is wrong with a whole body; a message that one of the two lacks is left to texts.unfit."""
    for name in dutch.keys() & body.keys():
        yield from of_message(language, unit, name, dutch[name], body[name])


def of_message(language: str, unit: str, name: str, dutch: Sequence[str], said: Sequence[str]) -> Iterator[str]:
    """What is wrong with one message, in all its plural forms."""
    found = [*faithful.unfaithful(language, unit, tuple(dutch), tuple(said))]
    found += [what for form in said for what in brevity.too_long(language, unit, name, form)]
    yield from dict.fromkeys(map(in_dutch, found))


def in_dutch(what: str) -> str:
    """A finding of the lint as a sentence for who typed the text."""
    for pattern, said in _IN_DUTCH:
        if match := pattern.fullmatch(what):
            return _with(said, match.groups(""))
    return _OTHERWISE


def _with(said: str, found: Sequence[str]) -> str:
    """The holes filled in one go: what was typed may hold braces of its own."""
    return re.sub(r"\{(\d)\}", lambda hole: found[int(hole[1])], said)
