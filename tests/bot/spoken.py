"""A voice message as it comes out of the fetching, made up: nobody opens these bytes."""

from content.voice.attachments import Voice

VOICE = Voice(content=b"OggS", milliseconds=22_400, recorded=23_000, loudness=-20.0, peak=-3.0)
