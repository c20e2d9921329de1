"""What can be wrong with a translated sentence: for the lint in English, for who translates in Dutch, and the cure."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One thing that every sentence keeps; %s stands for what was found."""

    what: str  #: for the lint
    dutch: str  #: the same for who translates
    mend: str  #: what to do
    minor: bool = False  #: of no harm to who reads it: for the lint only


@dataclass(frozen=True)
class Flaw:
    """Where a sentence breaks a rule, and with what."""

    rule: Rule
    about: tuple[str, ...] = ()

    def __str__(self) -> str:
        return _filled(self.rule.what, self.about)

    @property
    def dutch(self) -> str:
        """What is wrong, in easy Dutch."""
        return _filled(self.rule.dutch, self.about)

    @property
    def mend(self) -> str:
        """What to do, in easy Dutch."""
        return _filled(self.rule.mend, self.about)


def _filled(sentence: str, about: tuple[str, ...]) -> str:
    """The sentence with as many of the findings as it has room for."""
    return sentence % about[: sentence.count("%s")]


# Values
BRACE = Rule(
    what="a brace without its other half",
    dutch="Er staat een haakje { of } te veel, of te weinig.",
    mend="Schrijf een waarde zo: {day}.",
)
NO_NAME = Rule(
    what="%s is no name of a value",
    dutch="%s is geen waarde die wij kennen.",
    mend="Neem de woorden tussen { en } over uit het Nederlands, letter voor letter.",
)
VALUE_MISSING = Rule(what="lacks %s", dutch="%s ontbreekt.", mend="Zet %s erin, letter voor letter.")
VALUE_ADDED = Rule(what="has %s, the Dutch has not", dutch="%s staat niet in het Nederlands.", mend="Haal %s eruit.")
VALUE_TWICE = Rule(
    what="has %s more often than the Dutch",
    dutch="%s staat er te vaak.",
    mend="Zet %s er zo vaak in als in het Nederlands.",
)
ORDER = Rule(
    what="%s stands after %s",
    dutch="%s staat na %s.",
    mend="Zet %s eerst: mensen lezen het nieuwe eerst, en de dag vóór de tijd.",
)

# Numbers, links, money
NUMBER_MISSING = Rule(
    what="number left out: %s", dutch="Het getal %s ontbreekt.", mend="Zet %s erin, met gewone cijfers."
)
NUMBER_ADDED = Rule(
    what="number added: %s", dutch="Het getal %s staat niet in het Nederlands.", mend="Haal het getal eruit."
)
NUMBER_ORDER = Rule(
    what="numbers in another order: %s",
    dutch="De getallen staan in een andere volgorde: %s.",
    mend="Zet de getallen in de volgorde van het Nederlands. Kijk of bij elk getal het goede woord staat.",
)
LINK_MISSING = Rule(what="link left out: %s", dutch="De link %s ontbreekt.", mend="Zet de link erin.")
LINK_ADDED = Rule(what="link added: %s", dutch="De link %s staat niet in het Nederlands.", mend="Haal de link eruit.")
SIGN_MISSING = Rule(what="sign left out: %s", dutch="Het teken %s ontbreekt.", mend="Zet het teken erin.")
SIGN_ADDED = Rule(
    what="sign added: %s", dutch="Het teken %s staat niet in het Nederlands.", mend="Haal het teken eruit."
)
DIGITS = Rule(
    what="digits that aren't Latin: %s",
    dutch="Deze cijfers zijn niet de cijfers van brieven en klokken hier: %s.",
    mend="Schrijf gewone cijfers: 0 tot en met 9.",
)

# Signs and letters
HIDDEN = Rule(what="%s is hidden in it", dutch="Er staat een onzichtbaar teken in: %s.", mend="Haal het teken weg.")
SPACE = Rule(what="%s is no normal space", dutch="%s is geen gewone spatie.", mend="Typ een gewone spatie.")
UNREAL = Rule(
    what="%s is no letter that phones know", dutch="%s kan een telefoon niet tonen.", mend="Haal het teken weg."
)
FOREIGN = Rule(
    what="letters of another script: %s",
    dutch="Er staan letters van een ander schrift in: %s.",
    mend="Typ het woord opnieuw, met het toetsenbord van uw taal.",
)
MARKUP = Rule(
    what="a sign that phones read as layout: %s",
    dutch="Een telefoon leest %s als opmaak.",
    mend="Haal het teken weg.",
)
DOUBLED = Rule(
    what="a space too many", dutch="Er staat een spatie te veel.", mend="Haal de extra spatie weg.", minor=True
)
PICTOGRAM = Rule(
    what="begins with “%s”, the Dutch with “%s”",
    dutch="Het begint met “%s”, het Nederlands met “%s”.",
    mend="Zet het plaatje van het Nederlands vooraan.",
)
PICTURES = Rule(
    what="other pictograms than the Dutch: %s",
    dutch="Er staan andere plaatjes in dan in het Nederlands: %s.",
    mend="Neem de plaatjes over uit het Nederlands.",
)

# Sense
COMMAND = Rule(
    what="%s is missing", dutch="Het woord %s ontbreekt.", mend="Zet %s erin, in deze letters: mensen typen het na."
)
KEPT = Rule(
    what="%s is missing",
    dutch="Het woord %s ontbreekt.",
    mend="Laat %s in het Nederlands staan: zo staat het op brieven.",
)
QUESTION = Rule(
    what="asks nothing, the Dutch does",
    dutch="De vraag ontbreekt.",
    mend="Een vraag blijft een vraag, met een vraagteken: mensen moeten antwoorden.",
)
NEGATION = Rule(
    what="no word for “%s”",
    dutch="Wij zien geen woord voor “%s”.",
    mend="Kijk of er nog steeds “niet” of “geen” staat. Mensen missen anders hun afspraak.",
)
DUTCH = Rule(what="is still Dutch", dutch="Deze zin is nog Nederlands.", mend="Vertaal de zin.")
LINES = Rule(
    what="has %s lines, the Dutch %s",
    dutch="Er zijn %s regels, in het Nederlands %s.",
    mend="Begin een nieuwe regel waar het Nederlands dat doet.",
)
ASKING = Rule(
    what="ends with “%s”, the Dutch with “%s”",
    dutch="De zin eindigt met “%s”, het Nederlands met “%s”.",
    mend="Een vraag blijft een vraag, en wat geen vraag is wordt er geen.",
)
ENDING = Rule(
    what="ends with “%s”, the Dutch with “%s”",
    dutch="De zin eindigt met “%s”, het Nederlands met “%s”.",
    mend="Eindig met hetzelfde soort teken.",
    minor=True,
)

# Room
BUTTON_LONG = Rule(
    what="a button holds %s UTF-16 units, this is %s",
    dutch="Op een knop passen %s tekens, dit zijn er %s.",
    mend="Maak de tekst korter.",
)
SMS_LETTER = Rule(
    what="not in the SMS alphabet: %s",
    dutch="Een sms kent deze tekens niet: %s.",
    mend="Neem gewone letters en tekens.",
)
SMS_LONG = Rule(
    what="an SMS holds %s characters, this is %s with the longest values",
    dutch="In een sms passen %s tekens, dit zijn er %s met de langste waarden.",
    mend="Maak de tekst korter.",
)
SMS_WIDE = Rule(
    what="two SMS hold %s UTF-16 units, this is %s with the longest values",
    dutch="In twee sms passen in deze letters %s tekens, dit zijn er %s met de langste waarden.",
    mend="Maak de tekst korter.",
)
SMS_TWO = Rule(
    what="two SMS hold %s characters, this is %s with the longest values",
    dutch="In twee sms passen %s tekens, dit zijn er %s met de langste waarden.",
    mend="Maak de tekst korter.",
)
BUBBLE_LONG = Rule(
    what="a message holds %s UTF-16 units, this is %s with the longest values",
    dutch="In een bericht passen %s tekens, dit zijn er %s met de langste waarden.",
    mend="Maak de tekst korter.",
)
TEMPLATE = Rule(
    what="WhatsApp refuses it: %s",
    dutch="WhatsApp weigert deze zin: een waarde staat vooraan, achteraan of naast een andere.",
    mend="Zet er woorden voor, achter of tussen.",
)
