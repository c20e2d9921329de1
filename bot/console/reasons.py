"""Why a message did not go, did not arrive, or is in doubt: codes of the house in words for staff."""

from collections.abc import Mapping

from messaging import reasons

#: What the queue itself decided; what a channel or a provider said stands in messaging.reasons.
_QUEUE: Mapping[str, str] = {
    "paused": "Deze persoon krijgt nu geen berichten.",
    "left": "Deze persoon is niet meer bij ons.",
    "worker_lost": "Wij stopten tijdens het versturen. Mogelijk kwam het bericht aan.",
    "cut_off": "Wij stopten terwijl het bericht onderweg was. Mogelijk kwam het bericht aan.",
    "never_left": "Wij stopten voor het bericht weg was. Het staat weer in de rij.",
    "unsure": "Het bedrijf antwoordde niet. Mogelijk kwam het bericht aan.",
    "use_by_passed": "Het was te laat om nog te sturen.",
    "answered": "De persoon heeft al geantwoord.",
    "moved": "Er kwam een andere dag, tijd of plaats.",
    "cancelled": "Het gaat niet door.",
    "taken_back": "Teruggenomen binnen twee minuten.",
    "withdrawn": "Teruggetrokken.",
    "recalled": "Deze tekst is teruggeroepen: hij was niet goed.",
    "lapsed": "De aangeboden plek was verlopen.",
    "joined": "Ging mee in een ander bericht.",
    "elsewhere": "Geen antwoord, of niet aangekomen. Wij proberen het volgende adres.",
    "unsayable": "Dit bericht kon niet worden gemaakt; niemand kreeg het. Bel de persoon en meld het de beheerder.",
    "too_many_attempts": "Het is vaak geprobeerd en lukte niet. Bel de persoon.",
    "too_soon": "Er was net een ander bericht over deze afspraak.",
    "changed": "De dag of het bedrag werd anders; er komt een nieuw bericht.",
    "judged": "Een ander keek al naar deze tekst.",
    "on_leave": "Deze rolmodel is even vrij.",
    "stopped": "Dit account staat uit.",
    "nothing_waits": "Er wacht geen vraag meer op deze rolmodel.",
    "wiped": "De persoon wilde dat dit gewist werd.",
    "channel_off": "Dit kanaal staat uit; deze persoon heeft niets gekregen. Bel, of vraag de beheerder.",
    "channel_paused": "Dit kanaal staat even stil. Het bericht wacht; niets is kwijt.",
    "unexpected": "Er ging iets mis tijdens het versturen. Mogelijk kwam het bericht aan. Bel als het belangrijk is.",
    "bubble_changed": "In deze bubbel stond al iets anders.",
}


def known(code: str) -> bool:
    """Whether somebody wrote words for a code."""
    return code in _QUEUE or code in reasons.REASONS


def words(code: str | None) -> str:
    """What happened and what to do; empty where there is no reason to give."""
    if not code:
        return ""
    if code in _QUEUE:
        return _QUEUE[code]
    reason = reasons.words(code)
    return f"{reason.what} {reason.todo}"


#: What a state means where nothing special is known.
_STATES: Mapping[str, str] = {
    "planned": "Wacht op het goede moment.",
    "claimed": "Gaat nu weg.",
    "handing": "Wij wachten op antwoord van het bedrijf.",
    "sent": "Het bedrijf nam het aan. Of het aankwam, weten wij niet.",
    "delivered": "De telefoon heeft het.",
    "read": "Het is geopend. Dat zegt niet dat het duidelijk was.",
    "failed": "Het kwam niet aan. Bel als het nog nodig is.",
    "unsure": "Het bedrijf antwoordde niet. Mogelijk kwam het bericht aan.",
    "expired": "Het was te laat om nog te sturen.",
    "withdrawn": "Het was niet meer nodig.",
    "suppressed": "Wij stuurden het met opzet niet.",
}


def of_state(state: str) -> str:
    """What a state means by itself, in words."""
    return _STATES.get(state, "")
