"""The sixteen themes of the plan and the open activities, with made-up partners and places."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Final

PARTNERS: Final = (
    "Gemeente",
    "VluchtelingenWerk",
    "Bibliotheek Meierijstad",
    "GGD",
    "ONS welzijn",
    "Centrum Jeugd en Gezin",
    "Welzijn de Meierij",
    "WSD/IBN",
    "PIM Werkt",
    "Koning Willem I College",
    "Taalwerkplaats",
)

PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "Veghel": ("Voorbeeldhuis Veghel", "Voorbeeldplein 1"),
    "Schijndel": ("Voorbeeldhuis Schijndel", "Voorbeeldstraat 2"),
    "Sint-Oedenrode": ("Voorbeeldhuis Sint-Oedenrode", "Voorbeeldlaan 3"),
}


@dataclass(frozen=True, kw_only=True)
class Theme:
    """A workshop as the plan names it, or an open activity."""

    title: str
    summary: str
    partner: str
    town: str
    leefgebied: str
    hours: float = 2
    counts_for: str | None = None
    excursie: bool = False
    kernwaarde: bool = False
    childcare: bool = False
    lessons: int = 1  #: how often one series meets, weekly


@dataclass(frozen=True, kw_only=True)
class Activity:
    """Every week at the same time, for whoever comes."""

    title: str
    summary: str
    partner: str
    town: str
    weekday: int  #: 0 is Monday
    at: time
    hours: float = 2


THEMES: Final = (
    Theme(
        title="Welkom in Meierijstad: wie is wie",
        summary="Wie helpt u waarmee? U leert de mensen en de gebouwen kennen.",
        partner="Gemeente",
        town="Veghel",
        leefgebied="sociaal_netwerk",
        counts_for="pvt",
    ),
    Theme(
        title="Kernwaarden",
        summary="Vrij zijn, gelijk zijn, samen leven. Wat betekent dat in Nederland?",
        partner="VluchtelingenWerk",
        town="Veghel",
        leefgebied="zelfredzaamheid",
        hours=4,
        counts_for="pvt",
    ),
    Theme(
        title="Excursie bibliotheek en taalcafé",
        summary="Wij gaan samen naar de bibliotheek en drinken koffie in het taalcafé.",
        partner="Bibliotheek Meierijstad",
        town="Schijndel",
        leefgebied="interesses",
        counts_for="pvt",
        excursie=True,
        kernwaarde=True,
    ),
    Theme(
        title="Eurowijzer 1: inkomen, toeslagen, vaste lasten",
        summary="Welk geld komt binnen? Wat betaalt u elke maand?",
        partner="Gemeente",
        town="Veghel",
        leefgebied="zelfredzaamheid",
        hours=2.5,
    ),
    Theme(
        title="Eurowijzer 2: Huishoudboekje en leefgeld",
        summary="Hoe werkt Huishoudboekje? Wat doet u met uw leefgeld?",
        partner="Gemeente",
        town="Veghel",
        leefgebied="zelfredzaamheid",
        hours=2.5,
    ),
    Theme(
        title="Gezond in Nederland",
        summary="De huisarts, de apotheek en het ziekenhuis. Waar gaat u heen?",
        partner="GGD",
        town="Sint-Oedenrode",
        leefgebied="fysieke_gezondheid",
        counts_for="pvt",
    ),
    Theme(
        title="Hoofd en hart: praten over stress",
        summary="Veel mensen slapen slecht of piekeren. Wij praten erover en oefenen rust.",
        partner="ONS welzijn",
        town="Schijndel",
        leefgebied="mentale_gezondheid",
    ),
    Theme(
        title="Opvoeden in Nederland",
        summary="Hoe voedt u kinderen op in twee culturen?",
        partner="Centrum Jeugd en Gezin",
        town="Veghel",
        leefgebied="gezinssituatie",
        counts_for="pvt",
        childcare=True,
    ),
    Theme(
        title="School: Taalvijver, basisschool, ISK",
        summary="Naar welke school gaat uw kind? Wat doet u als ouder?",
        partner="Gemeente",
        town="Schijndel",
        leefgebied="opleiding",
    ),
    Theme(
        title="Kinderopvang, zwemles en sport",
        summary="Waar kan uw kind spelen, zwemmen en sporten?",
        partner="Welzijn de Meierij",
        town="Sint-Oedenrode",
        leefgebied="gezinssituatie",
        hours=1.5,
    ),
    Theme(
        title="Werken in Nederland",
        summary="Hoe vindt u werk? Wat is normaal op het werk? U oefent samen.",
        partner="WSD/IBN",
        town="Schijndel",
        leefgebied="werkervaring",
        hours=3,
        counts_for="map",
    ),
    Theme(
        title="Op bezoek bij een bedrijf",
        summary="Wij kijken in een bedrijf en praten met mensen die daar werken.",
        partner="PIM Werkt",
        town="Veghel",
        leefgebied="werknemersvaardigheden",
        hours=3,
        counts_for="map",
        excursie=True,
    ),
    Theme(
        title="Vrijwilligerswerk: meedoen in je dorp",
        summary="Wat is vrijwilligerswerk? Wat past bij u?",
        partner="ONS welzijn",
        town="Sint-Oedenrode",
        leefgebied="motivatie",
        counts_for="map",
    ),
    Theme(
        title="Diploma, opleiding en UAF",
        summary="Is uw diploma iets waard in Nederland? Wat kunt u nog leren?",
        partner="Koning Willem I College",
        town="Veghel",
        leefgebied="opleiding",
        counts_for="map",
    ),
    Theme(
        title="Digitaal: DigiD, mail, agenda",
        summary="U oefent op de computer en op uw telefoon.",
        partner="Taalwerkplaats",
        town="Sint-Oedenrode",
        leefgebied="digitale_vaardigheden",
    ),
    Theme(
        title="Leren fietsen en verkeer",
        summary="U leert fietsen en de regels van de weg. Vier lessen.",
        partner="Welzijn de Meierij",
        town="Schijndel",
        leefgebied="praktische_competenties",
        lessons=4,
    ),
)

ACTIVITIES: Final = (
    Activity(
        title="Taalcafé",
        summary="Koffie en praten in het Nederlands. U hoeft zich niet op te geven.",
        partner="Bibliotheek Meierijstad",
        town="Schijndel",
        weekday=2,
        at=time(10),
    ),
    Activity(
        title="Schrijfkring",
        summary="Samen schrijven, over vroeger en nu.",
        partner="Bibliotheek Meierijstad",
        town="Veghel",
        weekday=1,
        at=time(13, 30),
    ),
    Activity(
        title="Spreekuur",
        summary="Een vraag of een brief? Kom langs.",
        partner="Gemeente",
        town="Veghel",
        weekday=3,
        at=time(9),
    ),
    Activity(
        title="Instroomklas",
        summary="Les voor wie nog wacht op een plek.",
        partner="Taalwerkplaats",
        town="Sint-Oedenrode",
        weekday=0,
        at=time(9),
        hours=3,
    ),
)
