"""Codes of the house in Dutch words for staff."""

from collections.abc import Mapping

from core.languages import LANGUAGES

ROLES: Mapping[str, str] = {
    "rolmodel": "rolmodel",
    "vertaler": "vertaler",
    "klantmanager": "klantmanager",
    "begeleider": "maatschappelijk begeleider",
    "regisseur": "regisseur inburgering",
    "beheerder": "beheerder",
    "partner": "partner",
    "tolk": "tolk",
    "fg": "functionaris gegevensbescherming",
}

#: Kinds of one-to-one appointment: a code of content.kinds.APPOINTMENTS -> what staff call it.
APPOINTMENTS: Mapping[str, str] = {
    "brede_intake": "Brede intake",
    "leerbaarheidstoets": "Leerbaarheidstoets",
    "pip_gesprek": "PIP-gesprek",
    "pip_tekenen": "PIP tekenen",
    "voortgangsgesprek": "Voortgangsgesprek",
    "eindgesprek": "Eindgesprek",
    "maatschappelijke_begeleiding": "Maatschappelijke begeleiding",
    "huisbezoek": "Huisbezoek",
    "huishoudboekje_gesprek": "Gesprek over Huishoudboekje",
    "budgetcoach": "Budgetcoach",
    "taalles": "Taalles",
    "instroomklas": "Instroomklas",
    "examen_lezen": "Examen lezen",
    "examen_luisteren": "Examen luisteren",
    "examen_schrijven": "Examen schrijven",
    "examen_spreken": "Examen spreken",
    "examen_knm": "Examen KNM",
    "pvt_ondertekening": "Ondertekening PVT",
    "map_gesprek": "MAP-gesprek",
    "werkervaringsplaats": "Werkervaringsplaats",
    "jobcoach": "Jobcoach",
    "vrijwilligerswerk": "Vrijwilligerswerk",
    "oudergesprek": "Oudergesprek",
    "klankbordgroep": "Klankbordgroep",
}

DOELGROEPEN: Mapping[str, str] = {
    "nieuwkomer": "nieuwkomer (asiel)",
    "gezinsmigrant": "gezinsmigrant",
    "overig": "overige migrant",
    "arbeidsmigrant": "arbeidsmigrant",
}
LEERROUTES: Mapping[str, str] = {"b1": "B1-route", "onderwijs": "Onderwijsroute", "z": "Z-route"}
SENSES: Mapping[str, str] = {"read": "lezen", "hear": "luisteren", "both": "lezen en luisteren"}
CHANNELS: Mapping[str, str] = {"telegram": "Telegram", "whatsapp": "WhatsApp", "sms": "sms"}

ANSWERS: Mapping[str, str] = {"yes": "komt", "no": "kan niet", "late": "komt later"}
DECLINED: Mapping[str, str] = {
    "lesson": "les of werk",
    "children": "kinderen",
    "transport": "vervoer",
    "other": "iets anders",
    "unsaid": "zegt de reden niet",
}

KINDS: Mapping[str, str] = {
    "appointment": "Afspraak",
    "workshop": "Workshop",
    "leefgeld": "Leefgeld",
    "term": "Termijn",
    "week": "Weekoverzicht",
    "update": "Nieuws",
    "answer": "Antwoord",
    "survey": "Onderzoek",
    "work": "Voor rolmodel",
}
STEPS: Mapping[str, str] = {
    "": "",
    "announced": "nieuw",
    "week": "een week ervoor",
    "day": "een dag ervoor",
    "hours": "2 uur ervoor",
    "changed": "wijziging",
    "cancelled": "gaat niet door",
    "invitation": "uitnodiging",
    "offered": "plek vrij",
    "missed": "gemist",
    "paid": "betaald",
    "returned": "teruggekomen",
    "late": "te laat",
    "question": "vraag wacht",
}

#: State of a notice -> words, and the look of its chip (a modifier of utrecht-status-badge).
STATES: Mapping[str, tuple[str, str]] = {
    "planned": ("gepland", "neutral"),
    "claimed": ("bijna weg", "neutral"),
    "handing": ("wordt verstuurd", "neutral"),
    "sent": ("verstuurd", "safe"),
    "delivered": ("aangekomen", "safe"),
    "read": ("gelezen op de telefoon", "safe"),
    "failed": ("mislukt", "error"),
    "unsure": ("niet zeker", "warning"),
    "expired": ("te laat, niet verstuurd", "warning"),
    "withdrawn": ("teruggetrokken", "neutral"),
    "suppressed": ("niet verstuurd", "neutral"),
}

SEATS: Mapping[str, str] = {
    "invited": "uitgenodigd",
    "declined": "wil niet",
    "enrolled": "doet mee",
    "waiting": "wacht op een plek",
    "offered": "plek aangeboden",
    "cancelled": "afgemeld",
    "attended": "was er",
    "absent": "was er niet",
}

PAYMENTS: Mapping[str, tuple[str, str]] = {
    "announced": ("verwacht", "neutral"),
    "paid": ("betaald", "safe"),
    "returned": ("teruggekomen", "error"),
    "withdrawn": ("ingetrokken", "neutral"),
}
FILES: Mapping[str, tuple[str, str]] = {
    "waiting": ("wacht op een collega", "warning"),
    "approved": ("goedgekeurd", "safe"),
    "done": ("verwerkt", "safe"),
    "withdrawn": ("ingetrokken", "neutral"),
}
FILE_KINDS: Mapping[str, str] = {
    "pain001": "Betaalopdracht (pain.001)",
    "camt053": "Bankafschrift (camt.053)",
    "mt940": "Bankafschrift (MT940)",
    "csv": "Lijst (CSV)",
    "people": "Mensen",
    "agenda": "Agenda",
}

UPDATES: Mapping[str, tuple[str, str]] = {
    "draft": ("concept", "neutral"),
    "submitted": ("wacht op een ander", "warning"),
    "approved": ("goedgekeurd, gaat zo weg", "safe"),
    "sent": ("verstuurd", "safe"),
    "returned": ("terug bij de schrijver", "warning"),
    "recalled": ("teruggeroepen", "error"),
    "withdrawn": ("teruggetrokken", "neutral"),
}

#: Why a rolmodel sent news back: a button of the chat -> words.
RETURNED: Mapping[str, str] = {
    "wrong_word": "verkeerd woord",
    "too_difficult": "te moeilijk",
    "not_polite": "niet beleefd",
    "something_missing": "er mist iets",
    "spoken": "ingesproken",
}

QUESTIONS: Mapping[str, tuple[str, str]] = {
    "waiting": ("wacht op een rolmodel", "warning"),
    "taken": ("een rolmodel kijkt", "neutral"),
    "answered": ("beantwoord", "safe"),
    "asking": ("wij vragen het de persoon", "warning"),
    "municipality": ("voor de gemeente", "warning"),
    "kept": ("klaar, niet doorgegeven", "neutral"),
    "wiped": ("gewist", "neutral"),
}

#: Why a question is, or may become, one for the municipality.
WHY_ASKED: Mapping[str, str] = {
    "heavy": "een rolmodel vond hem te zwaar",
    "asked": "een rolmodel zegt: dit is voor de gemeente",
    "slow": "er was geen antwoord op tijd",
}

#: How a task can be closed: code -> words.
CLOSINGS: Mapping[str, str] = {
    "called": "Gebeld, het is geregeld",
    "new_day": "Nieuwe dag afgesproken",
    "not_reached": "Niet bereikt, ik stuur een brief",
    "seen": "Gezien, niets nodig",
    "other": "Op een andere manier gedaan",
}

#: A task's reason -> words; `kind.reason` where a reason means something of its own in one kind of task. Reasons of
#: sending stand in `reasons`.
_TASK_REASONS: Mapping[str, str] = {
    **DECLINED,
    "soon": "de afspraak is heel snel",
    "late": "komt later",
    "workshop": "komt later bij de workshop",
    "asked": "drukte op “bel mij”",
    "rolmodel": "wil antwoord van een rolmodel",
    "municipality": "wil antwoord van de gemeente",
    "heavy": "een rolmodel vond een vraag te zwaar; wij vragen de persoon of u hem mag zien",
    "heavy_yes": "te zwaar voor een rolmodel; de persoon zegt: u mag hem zien",
    "handed_over": "de persoon zegt: u mag de vraag zien",
    "alone": "zegt: ik ben nu alleen",
    "was_there": "zegt: ik was er wel",
    "pictures": "drie keer verkeerde plaatjes bij de kaart",
    "wrong_card.shared_phone": "drie keer verkeerde plaatjes op een gedeelde telefoon",
    **{f"stopped.{code}": f"via {label}" for code, label in CHANNELS.items()},
    "not_received": "zegt: ik heb het leefgeld niet",
    "no_food": "zegt: er is geen geld voor eten",
    "returned": "de bank kon het niet op de rekening zetten",
    "not_on_statement": "verwacht, maar niet op het afschrift",
    "told": "de persoon weet dat het later komt",
    "unsure": "de aanbieder antwoordde niet",
    "no_answer": "er kwam geen antwoord op de vraag of de persoon komt",
}

#: How a text stands to today's Dutch -> words, the look of its chip, and its sign in a narrow table.
TEXTS: Mapping[str, tuple[str, str, str]] = {
    "current": ("goed", "safe", "✓"),
    "waiting": ("wacht", "warning", "…"),
    "returned": ("terug", "warning", "×"),
    "outdated": ("oud", "error", "!"),
    "missing": ("ontbreekt", "neutral", "–"),
}

#: The same of more than one.
MANY_TEXTS: Mapping[str, str] = {
    "waiting": "wachten",
    "returned": "terug",
    "outdated": "oud",
    "missing": "ontbreken",
}
TEXT_GROUPS: Mapping[str, str] = {"core": "Kern", "notices": "Berichten", "conversation": "Gesprek"}

MOMENTS: Mapping[str, str] = {"morning": "in de ochtend", "afternoon": "in de middag"}


def task_reason(kind: str, reason: str) -> str | None:
    """Why a task is there; None for reasons of sending."""
    if kind == "text_alone":
        return language(reason)
    return _TASK_REASONS.get(f"{kind}.{reason}") or _TASK_REASONS.get(reason)


def language(code: str) -> str:
    """The Dutch name of a language."""
    return LANGUAGES[code].dutch_name if code in LANGUAGES else code


def languages(codes: list[str]) -> str:
    """`Tigrinya, Nederlands`."""
    return ", ".join(language(code) for code in codes)


def of_number(count: int, one: str, many: str) -> str:
    """`1 persoon`, `3 mensen`."""
    return f"{count} {one if count == 1 else many}"
