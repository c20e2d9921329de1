"""Why a message didn't go or arrive: every code of messaging in words for staff.

Each says what happened, what people notice and what to do, and never shows a code alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Three short Dutch sentences about one code."""

    what: str  #: what happened
    noticed: str  #: what people notice
    todo: str  #: what to do

    def __str__(self) -> str:
        return f"{self.what} {self.noticed} {self.todo}"


_NOTHING = "Deze persoon heeft niets gekregen."
_MAYBE = "Mogelijk heeft deze persoon niets, of één bericht."
_WAITING = "De berichten wachten; niets is kwijt."
_NEXT = "Wij proberen het volgende adres van deze persoon. Is dat er niet: bel."
_LATER = "Wij proberen het later nog een keer, en dan het volgende adres. Is dat er niet: bel."
_CALL = "Bel de persoon, en vraag wat prettig is."
_ADMIN = "Vraag de beheerder."
_ITSELF = "U hoeft niets te doen: wij proberen het opnieuw."
_TEXT = "Geef dit door aan de beheerder, met de tekst. Is het dringend: bel de persoon."

_TABLE = {
    # The way to a person
    "no_address": ("Deze persoon heeft geen telefoon gekoppeld.", _NOTHING, "Maak samen een kaart, of bel."),
    "not_verified": ("De telefoon is nog niet bevestigd.", _NOTHING, "Maak samen de koppeling af, of bel."),
    "opted_out": (
        "Deze persoon stuurde STOP.",
        _NOTHING,
        "Stuur een brief. Vraag bij de volgende afspraak wat prettig is; druk niet.",
    ),
    "address_dead": ("Dit adres werkt niet meer.", _NOTHING, "Bel op een ander nummer, en maak een nieuwe kaart."),
    "shared_phone": ("Dit bericht gaat nooit naar een gedeelde telefoon.", _NOTHING, "Bel op een tijd die past."),
    "sms_not_allowed": ("Dit bericht gaat niet per sms.", _NOTHING, "Bel, of maak een kaart voor een andere app."),
    "sms_limit": (
        "Voor vandaag is de grens van het aantal sms'en bereikt.",
        _NOTHING,
        "Bel wie vandaag iets moet weten. De beheerder kan de grens hoger zetten.",
    ),
    "all_tried": ("Alle adressen van deze persoon zijn geprobeerd.", _NOTHING, "Bel de persoon."),
    "window_closed": (
        "WhatsApp neemt dit nu niet aan: de persoon schreef ons meer dan een dag niet.",
        "Het bericht komt pas als de persoon zelf iets stuurt.",
        "Is het dringend: bel.",
    ),
    "media_away": ("De stem of de foto kon even niet gelezen worden.", _WAITING, _ITSELF),
    # The address is gone
    "blocked": ("De persoon blokkeerde onze chat.", _NOTHING, _NEXT),
    "account_gone": ("Dit Telegram-account bestaat niet meer.", _NOTHING, _NEXT),
    "chat_gone": ("Deze chat bestaat niet meer.", _NOTHING, _NEXT),
    "number_wrong": ("Dit telefoonnummer bestaat niet.", _NOTHING, "Vraag het nummer opnieuw."),
    "number_gone": ("Dit telefoonnummer is niet meer in gebruik.", _NOTHING, "Vraag het nieuwe nummer."),
    "not_mobile": ("Dit nummer kan geen sms krijgen.", _NOTHING, "Vraag een mobiel nummer, of bel."),
    "no_whatsapp": ("Op dit nummer is geen WhatsApp.", _NOTHING, _NEXT),
    "stopped_at_provider": ("Deze persoon stuurde STOP aan ons sms-nummer.", _NOTHING, "Stuur een brief; druk niet."),
    # The message
    "content_refused": ("Het bedrijf nam deze tekst niet aan.", _NOTHING, _TEXT),
    "filtered": ("De telefoonmaatschappij hield deze tekst tegen.", _NOTHING, _TEXT),
    "refused": ("Het bedrijf nam dit bericht niet aan.", _NOTHING, _TEXT),
    "too_long": ("De tekst is te lang voor dit kanaal.", _NOTHING, _TEXT),
    "empty": ("De tekst is leeg.", _NOTHING, _TEXT),
    "button_too_long": ("Een knop in dit bericht klopt niet.", _NOTHING, _TEXT),
    "template_missing": ("Voor WhatsApp is geen goedgekeurde zin.", _NOTHING, "Laat de zin goedkeuren, of bel."),
    "template_wrong": ("De WhatsApp-zin past niet bij dit bericht.", _NOTHING, _TEXT),
    "too_late": ("Het bericht was al te laat.", _NOTHING, "Bel als het nog nodig is."),
    "country_closed": ("Sms naar dit land staat uit.", _NOTHING, _ADMIN),
    "no_path": ("Ons nummer kan dit nummer niet bereiken.", _NOTHING, _CALL),
    # The provider must be waited for
    "too_fast": ("Het bedrijf vroeg ons om even te wachten.", "Berichten komen iets later.", _ITSELF),
    "queue_full": ("Er stonden te veel sms'en in de rij.", _NOTHING, _ITSELF),
    "day_limit": ("WhatsApp laat vandaag niet meer mensen toe.", _WAITING, "Bel wie vandaag iets moet weten."),
    "not_reached": ("Wij kregen geen verbinding met het bedrijf.", _WAITING, _ITSELF),
    "key_refused": ("Het bedrijf weigert onze sleutel.", _WAITING, "Vraag de beheerder om de sleutel."),
    "sender_refused": ("Het bedrijf weigert ons nummer als afzender.", _WAITING, _ADMIN),
    "account_suspended": ("Ons account bij het bedrijf staat stil.", _WAITING, _ADMIN),
    # Nobody knows
    "two_pollers": (
        "Een ander programma leest de berichten van onze Telegram-bot.",
        "Antwoorden komen niet, of laat.",
        "Vraag de beheerder om het andere programma te stoppen.",
    ),
    "no_answer": ("Het bedrijf antwoordde niet, of onleesbaar.", _MAYBE, "Bel als het belangrijk is."),
    "no_answer_in_time": ("Het bedrijf antwoordde niet op tijd.", _MAYBE, "Bel als het belangrijk is."),
    "provider_broken": ("Bij het bedrijf ging iets stuk.", _MAYBE, "Bel als het belangrijk is."),
    "not_found": (
        "Het bedrijf kent dit bericht niet.",
        "Deze persoon heeft het waarschijnlijk niet gekregen.",
        "Wij sturen dit niet vanzelf opnieuw. Bel als het belangrijk is.",
    ),
    # What a status said later
    "phone_off": ("De telefoon staat uit, of heeft geen bereik.", _NOTHING, _LATER),
    "not_delivered": ("Het bericht kwam niet aan. Waarom is niet bekend.", _NOTHING, _NEXT),
    "unknown_at_provider": ("Het bericht kwam niet aan. Waarom is niet bekend.", _NOTHING, _NEXT),
}

REASONS: Mapping[str, Reason] = MappingProxyType(
    {code: Reason(what=what, noticed=noticed, todo=todo) for code, (what, noticed, todo) in _TABLE.items()}
)

_UNKNOWN = Reason(what="Er ging iets mis dat wij niet kennen.", noticed=_MAYBE, todo=_ADMIN)


def words(code: str) -> Reason:
    """The sentences for a code; for one that nobody wrote down, a plain sentence and never the code itself."""
    return REASONS.get(code, _UNKNOWN)
