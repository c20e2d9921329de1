"""The clips that may be heard now, as one snapshot beside the texts in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A voice that another speaker checked."""

    text_hash: str  #: of the words that were read
    media_id: str


#: Key (content.voice.clips) -> clip of one speaker.
Speaker = Mapping[str, Clip]


@dataclass(frozen=True, kw_only=True, eq=False)
class Voices:
    """The checked clips of all speakers, and what of variable parts has a name. Each snapshot equals itself only."""

    speakers: Mapping[str, Sequence[Speaker]] = field(default_factory=dict)  #: language -> its speakers
    places: Mapping[str, str] = field(default_factory=dict)  #: name of a place -> the key of its clip
    titles: Mapping[str, str] = field(default_factory=dict)  #: title of a workshop -> the key of its clip


NO_VOICES = Voices()
