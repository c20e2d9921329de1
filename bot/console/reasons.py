"""Why a message did not go, did not arrive, or is in doubt: codes of the house in words for staff."""

from collections.abc import Mapping

_WORDS: Mapping[str, str] = {
    # no way to the person
    "no_address": "Geen telefoon gekoppeld.",
    "not_verified": "De telefoon is nog niet bevestigd.",
    "opted_out": "Deze persoon stuurde STOP.",
    "address_dead": "Dit nummer of deze chat werkt niet meer.",
    "shared_phone": "Gedeelde telefoon: dit tonen wij daar niet.",
    "sms_not_allowed": "Dit gaat niet per sms.",
    "all_tried": "Alle telefoons van deze persoon zijn geprobeerd.",
    "window_closed": "WhatsApp laat nu geen bericht toe; het wacht op de persoon.",
    "paused": "Deze persoon krijgt nu geen berichten.",
    "left": "Deze persoon is niet meer bij ons.",
    # what a provider said
    "blocked": "De persoon heeft ons geblokkeerd.",
    "account_gone": "Het account bestaat niet meer.",
    "chat_gone": "De chat bestaat niet meer.",
    "number_wrong": "Het telefoonnummer klopt niet.",
    "number_gone": "Het telefoonnummer bestaat niet meer.",
    "not_mobile": "Dit nummer kan geen sms ontvangen.",
    "no_whatsapp": "Op dit nummer is geen WhatsApp.",
    "phone_off": "De telefoon staat uit.",
    "stopped_at_provider": "Deze persoon stuurde STOP aan de aanbieder.",
    "country_closed": "Naar dit land mogen wij niet sturen.",
    "no_path": "Dit nummer is niet te bereiken.",
    "filtered": "De aanbieder hield het bericht tegen.",
    "unknown_at_provider": "Niet aangekomen; de aanbieder zegt niet waarom.",
    "not_delivered": "Niet aangekomen; de aanbieder zegt niet waarom.",
    "content_refused": "De aanbieder weigerde de inhoud.",
    "template_missing": "Er is geen goedgekeurd sjabloon voor WhatsApp.",
    "template_wrong": "Het sjabloon voor WhatsApp klopt niet.",
    "refused": "De aanbieder weigerde het bericht.",
    "empty": "Het bericht was leeg.",
    "too_long": "Het bericht was te lang.",
    "button_too_long": "Een knop was te lang.",
    # the provider itself
    "key_refused": "De aanbieder weigert onze sleutel. Vraag de beheerder.",
    "sender_refused": "De aanbieder weigert ons nummer. Vraag de beheerder.",
    "account_suspended": "Ons account bij de aanbieder staat stil. Vraag de beheerder.",
    "too_fast": "De aanbieder vroeg ons te wachten.",
    "day_limit": "De daglimiet van de aanbieder is bereikt.",
    "queue_full": "De aanbieder had het te druk.",
    "provider_broken": "Bij de aanbieder ging iets mis.",
    "no_answer": "De aanbieder antwoordde niet. Mogelijk kwam het bericht aan.",
    "worker_lost": "Wij stopten tijdens het versturen. Mogelijk kwam het bericht aan.",
    "unsure": "De aanbieder antwoordde niet. Mogelijk kwam het bericht aan.",
    # the queue
    "use_by_passed": "Het was te laat om nog te sturen.",
    "too_late": "Het was te laat om nog te sturen.",
    "answered": "De persoon heeft al geantwoord.",
    "moved": "De afspraak kreeg een andere dag, tijd of plaats.",
    "cancelled": "De afspraak gaat niet door.",
    "taken_back": "Teruggenomen binnen twee minuten.",
    "withdrawn": "Teruggetrokken.",
    "lapsed": "De aangeboden plek was verlopen.",
    "joined": "Ging mee in een ander bericht.",
    "too_soon": "Er was net een ander bericht over deze afspraak.",
}


def words(code: str | None) -> str:
    """The sentence of a code; a code without one is shown as it is, so that nothing is hidden."""
    return _WORDS.get(code, f"Reden: {code.replace('_', ' ')}.") if code else ""
