"""A snapshot of the texts that may be said now."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from content.catalogue import Body, Catalogue
from content.voices import NO_VOICES, Voices
from core.languages import SOURCE


@dataclass(frozen=True, kw_only=True, eq=False)
class InForce:
    """Per language and unit the body in force; Dutch is always whole. Each snapshot is equal to itself only."""

    bodies: Mapping[tuple[str, str], Body]  #: (language, unit) -> name -> plural forms
    hashes: Mapping[str, str]  #: unit -> hash of today's Dutch
    voices: Voices = NO_VOICES  #: the clips that may be heard

    def has(self, language: str, unit: str) -> bool:
        """Whether this unit may be said in this language."""
        return (language, unit) in self.bodies

    def forms(self, language: str, unit: str, name: str) -> tuple[str, ...]:
        """The plural forms of one message; KeyError names what is missing."""
        try:
            return self.bodies[language, unit][name]
        except KeyError:
            raise KeyError(f"no text in force: {language} {unit}/{name}") from None

    def source_hash(self, unit: str) -> str:
        """The hash of today's Dutch of this unit."""
        return self.hashes[unit]


def concepts(catalogue: Catalogue) -> InForce:
    """Everything that is shipped, as if approved: for previews and tests, never for a person."""
    bodies = {(language, unit): body for language, units in catalogue.bodies.items() for unit, body in units.items()}
    return InForce(bodies=MappingProxyType(bodies), hashes=catalogue.hashes)


def dutch_and(catalogue: Catalogue, approved: Mapping[tuple[str, str], Body]) -> InForce:
    """Today's Dutch, and what was approved in the other languages."""
    bodies: dict[tuple[str, str], Body] = {(SOURCE, unit): body for unit, body in catalogue.bodies[SOURCE].items()}
    return InForce(bodies=MappingProxyType(dict(approved) | bodies), hashes=catalogue.hashes)
