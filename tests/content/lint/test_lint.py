from pathlib import Path

import pytest
import smsutil

from content.catalogue import load
from content.lint import brevity, demands, easy, faithful, flaws, rules
from content.lint.files import Finding, lint
from content.lint.flaws import Flaw, Rule
from tests.content.words import ARABIC, DUTCH, TIGRINYA, Entry, write_po

PLURAL = ("{count} afspraak", "{count} afspraken")


def found(folder: Path, entries: tuple[Entry, ...], language: str = "ar", forms: int = 0) -> list[Finding]:
    """What is wrong with one translated file, beside what the small Dutch file lacks."""
    write_po(folder, "nl", DUTCH)
    path = write_po(folder, language, entries, forms=forms)
    return [finding for finding in lint(folder, complete=("nl",)) if finding.path == path]


def test_a_good_file_has_only_gaps(tmp_path: Path) -> None:
    ended = tuple(form + "." for form in ARABIC[5][2])
    good = (*ARABIC[:5], (*ARABIC[5][:2], ended), *ARABIC[6:])

    assert [(f.what, f.warning) for f in found(tmp_path, good)] == [("money/amount is missing", True)]


def test_a_gap_in_a_language_that_must_be_whole_is_wrong(tmp_path: Path) -> None:
    write_po(tmp_path, "nl", DUTCH)
    write_po(tmp_path, "ti", TIGRINYA)

    findings = list(lint(tmp_path, complete=("nl", "ti", "tr")))

    assert any(f.what == "welcome/first is missing" and not f.warning for f in findings)
    assert any(f.what == "Turks is missing" and f.path.parts[-3] == "tr" for f in findings)


def test_a_finding_names_file_and_line(tmp_path: Path) -> None:
    wrong = (*ARABIC[:2], ("appointment.details/with", "Met {name}.", "مع {naam}."))

    finding = next(f for f in found(tmp_path, wrong) if "{naam}" in f.what)

    line = finding.path.read_text(encoding="utf-8").splitlines()[finding.line - 1]
    assert "appointment.details/with" in line or line.startswith("msgid")
    assert str(finding).endswith(f"pim.po:{finding.line}: {finding.what}")


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        (("welcome/first", "Welkom.", "مرحبا."), "translates other Dutch than today's"),
        (("welcome/first", "Welkom bij PIM Welkom.", ""), "is empty"),
        (("welcome/gone", "Weg", "ذهب"), "isn't in the Dutch file"),
    ],
)
def test_an_entry_that_does_not_count_says_why(tmp_path: Path, entry: Entry, what: str) -> None:
    assert f"{entry[0]}: {what}" in [f.what for f in found(tmp_path, (entry,))]


def test_plural_headers_of_other_tools_are_refused(tmp_path: Path) -> None:
    assert any(
        f.what.startswith("Plural-Forms: nplurals=1, tr has 2") for f in found(tmp_path, TIGRINYA[:1], "tr", forms=1)
    )
    assert any(
        "it is wrong for 2, 3, 4, 5, 6; it is nplurals=2; plural=(n > 1);" in f.what
        for f in found(tmp_path, TIGRINYA[:1], "am", forms=2)
    )


@pytest.mark.parametrize(
    ("dutch", "said", "what"),
    [
        ("Morgen, {time} uur.", "Tomorrow.", "lacks {time}"),
        ("Morgen.", "Tomorrow, {time}.", "has {time}, the Dutch has not"),
        ("Sms 1 = ja.", "Text 2 = yes.", "number added: 2"),
        ("Sms 1 = ja.", "Text = yes.", "number left out: 1"),
        ("Om 09:00 uur.", "At 9:00.", "number left out: 09:00"),
        ("Bel ons.", "Look at www.example.org", "link added: www.example.org"),
        ("Het kost niets.", "It costs €.", "sign added: €"),
        ("Stuur START.", "Send BEGIN.", "START is missing"),
        ("Om 09:00 uur.", "الساعة ٠٩:٠٠ 09:00", "digits that aren't Latin: ٠ ٩"),
        ("Over 2 weken.", "፪ 2", "digits that aren't Latin: ፪"),
        ("Ja.", "Y\u200bes.", "ZERO WIDTH SPACE is hidden in it"),
        ("Ja.", "\u2068Yes\u2069.", "FIRST STRONG ISOLATE is hidden in it"),
        ("{day}", "{day", "a brace without its other half"),
        ("{day}", "{Day}", "{Day} is no name of a value"),
    ],
)
def test_what_a_translation_must_keep(dutch: str, said: str, what: str) -> None:
    assert what in [str(flaw) for flaw in rules.broken("en", "welcome", "first", (dutch,), (said,))]


@pytest.mark.parametrize(
    ("language", "dutch", "said", "what"),
    [
        ("uk", "Nieuw: {day}. Niet meer op {old_day}.", "Не {old_day}. Новий: {day}.", "{day} stands after {old_day}"),
        ("uk", "Nieuw: {day}. Niet meer op {old_day}.", "Новий: {day}, {old_day}.", "no word for “Niet meer”"),
        ("fr", "{day}, {time} uur.", "{time}, {day}.", "{day} stands after {time}"),
        ("fr", "Morgen, {time} uur.", "Demain, {time} {time}.", "has {time} more often than the Dutch"),
        ("ro", "Sms 1 = ja, 2 = nee.", "Sms 2 = da, 1 = nu.", "numbers in another order: 2, 1"),
        ("am", "Wij vragen nooit om geld.", "ገንዘብ እንጠይቃለን።", "no word for “nooit”"),
        ("so", "Komt u? Sms 1 = ja.", "Waad imanaysaa. SMS 1 = haa.", "asks nothing, the Dutch does"),
        ("so", "Lukt dit?", "Waa suurtagal.", "ends with “.”, the Dutch with “?”"),
        ("ti", "Uw leefgeld is betaald.", "ገንዘብኩም ተኸፊሉ።", "leefgeld is missing"),
        ("pl", "De brieven blijven komen.", "De brieven blijven komen.", "is still Dutch"),
        ("pl", "De brieven blijven komen.", "Listy nadal het komen van uw.", "is still Dutch"),
        ("ps", "Eerst.\nDaarna.", "لومړی. بیا.", "has 1 lines, the Dutch 2"),
        ("fa", "Goed.", "خوب است ك.", "letters of another script: ك"),
        ("ro", "Goed.", "Bine, şi.", "letters of another script: ş"),
        ("uk", "Goed.", "Добрыe.", "letters of another script: Добрыe"),
        ("bg", "Goed.", "Добры.", "letters of another script: ы"),
        ("en", "Goed.", "Ｇood.", "letters of another script: Ｇ"),
        ("ku", "Goed.", "B𝐚ş e.", "letters of another script: 𝐚"),
        ("tr", "Goed.", "İyi\u00a0.", "NO-BREAK SPACE is no normal space"),
        ("tr", "Goed.", "İyi\ue000.", "U+E000 is no letter that phones know"),
        ("tr", "Goed.", "İyi  tamam.", "a space too many"),
        ("tr", "Goed.", "İyi ½.", "digits that aren't Latin: ½"),
        ("bg", "Goed 📅.", "Добре 📍.", "other pictograms than the Dutch: 📅 📍"),
        ("bg", "Goed.", "Добре_.", "a sign that phones read as layout: _"),
        ("fr", "Goed.", "a" * 1020 + ".", "a message holds 1024 UTF-16 units, this is 1028 with the longest values"),
    ],
)
def test_what_misleads_is_found(language: str, dutch: str, said: str, what: str) -> None:
    assert what in [str(flaw) for flaw in rules.broken(language, "welcome", "first", (dutch,), (said,))]


@pytest.mark.parametrize(
    ("language", "dutch", "said"),
    [
        ("uk", "Goed, één café.", "Компʼютер, taalcafé."),
        ("am", "PIM Welkom.", "ከPIM Welkom።"),
        ("fa", "U komt.", "می\u200cآیید."),
        ("fr", "{name} komt. Dan belt {name}.", "{name} vient. Après, {name} appelle."),
        ("pl", "{name} belt of schrijft.", "{name} zadzwoni. {name} napisze."),
        ("ar", "Dit is niet goed.", "هذا خطأ."),
        ("nl", "Eén keer, coördinatie.", "Eén keer, coördinatie."),
    ],
)
def test_what_is_right_is_left_alone(language: str, dutch: str, said: str) -> None:
    assert rules.broken(language, "welcome", "first", (dutch,), (said,)) == []


@pytest.mark.parametrize("rule", [rule for rule in vars(flaws).values() if isinstance(rule, Rule)])
def test_every_rule_says_what_and_how_to_mend_it(rule: Rule) -> None:
    flaw = Flaw(rule, ("a", "b"))

    assert str(flaw) == str(flaw).strip() != ""
    assert flaw.dutch.endswith(".")
    assert flaw.mend.endswith((".", ": mensen typen het na.", "brieven."))
    assert "%" not in str(flaw) + flaw.dutch + flaw.mend


def test_what_was_found_is_not_read_as_a_format() -> None:
    assert "%s%n" in str(Flaw(flaws.NO_NAME, ("{%s%n}",)))


def test_a_template_of_whatsapp_neither_begins_nor_ends_with_a_value() -> None:
    dutch = ("PIM Welkom: {day} om {time} uur.",)

    assert rules.broken("tr", "templates", "afspraak", dutch, ("PIM Welkom: {day}, saat {time} için.",)) == []
    assert rules.broken("tr", "templates", "afspraak", dutch, ("PIM Welkom: {day}, saat {time}.",))


@pytest.mark.parametrize(
    ("unit", "dutch", "said"),
    [
        ("appointments", PLURAL, ("لا موعد", "موعد", "موعدان", "{count}", "{count}", "{count}")),
        ("buttons", ("✅ Ik kom",), ("✅ سآتي",)),
        ("buttons", ("Te moeilijk",), ("صعب جدا",)),
        ("buttons", ("1️⃣ {weekday}",), ("1️⃣ {weekday}",)),
        ("welcome", ("Sms 1 = ja, om 10:00 uur.",), ("1 = نعم، 10:00.",)),
        ("facts", ("{what} · {name}",), ("{what} · {name}",)),
    ],
)
def test_what_a_translation_may_do(unit: str, dutch: tuple[str, ...], said: tuple[str, ...]) -> None:
    assert rules.broken("ar", unit, "first", dutch, said) == []


def test_the_number_may_be_a_word_only_where_it_is_one() -> None:
    said = ("لا موعد", "موعد", "موعدان", "مواعيد", "{count}", "{count}")

    assert [str(flaw) for flaw in faithful.unfaithful("ar", "appointments", PLURAL, said)] == ["lacks {count}"]


def test_a_pictogram_means_the_same_everywhere() -> None:
    assert list(faithful.unfaithful("en", "buttons", ("❌ Nee",), ("✅ No",)))
    assert list(faithful.unfaithful("en", "buttons", ("❌ Nee",), ("No",)))


@pytest.mark.parametrize(
    ("language", "unit", "name", "form", "fits"),
    [
        ("nl", "buttons", "x", "✅ " + "a" * 18, True),
        ("nl", "buttons", "x", "✅ " + "a" * 19, False),
        ("nl", "buttons", "x", "📍 " + "a" * 18, False),
        ("nl", "buttons", "x", "1️⃣ {weekday}", True),
        ("nl", "x", "sms", "a" * 160, True),
        ("nl", "x", "sms_no", "a" * 161, False),
        ("nl", "x", "sms", "a" * 159 + "€", False),
        ("nl", "x", "sms", "{day}" + "a" * 138, True),
        ("nl", "x", "sms", "{old_day}" + "a" * 139, False),
        ("nl", "x", "sms", "café ê", False),
        ("tr", "x", "sms", "ş" + "a" * 133, True),
        ("tr", "x", "sms", "ş" + "a" * 134, False),
        ("tr", "x", "sms", "a" * 200, True),
        ("nl", "x", "push", "a" * 500, True),
    ],
)
def test_lengths(language: str, unit: str, name: str, form: str, fits: bool) -> None:
    assert (not list(brevity.too_long(language, unit, name, form))) == fits


def test_the_sms_alphabet_is_the_real_one() -> None:
    for character in map(chr, (10, 13, *range(32, 127), *range(161, 256), *range(0x390, 0x3CA), 0x20AC)):
        fits = not list(brevity.too_long("nl", "x", "sms", character))
        assert fits == smsutil.is_valid_gsm(character), character


def test_hard_dutch_is_measured_without_names_and_facts() -> None:
    easy_body = {"push": ("Morgen heeft u een afspraak: {day}, {time} uur. U hoeft niets te doen.",)}
    hard = "Betreffende gemeentelijke inburgeringsvoorzieningen ontvangen belanghebbenden mededelingen over"

    assert easy.hardness("x", easy_body) < easy.HARD
    assert easy.hardness("x", {"push": (f"{hard} voortgangsgesprekken.",)}) > easy.TOO_HARD
    assert easy.hardness("kinds", {"a": (hard,)}) == 0
    assert easy.lix(["{day} {time}"]) == 0


@pytest.mark.parametrize("text", ["Helaas gaat het niet door.", "U bent vergeten te komen.", "Indien u niet kunt."])
def test_what_we_never_say(text: str) -> None:
    assert list(easy.unwanted(text))


def test_words_inside_words_are_left_alone() -> None:
    assert not list(easy.unwanted("De foto is goed. U verdient het."))
    assert list(easy.doubtful("U moet komen."))


def test_a_push_tells_a_stranger_nothing() -> None:
    assert list(demands.telling("appointment.day", "push", ("Morgen bij {place}: {day}.",)))
    assert not list(demands.telling("appointment.day", "push", ("Morgen: {day}, {time} uur.",)))
    assert not list(demands.telling("facts", "place", ("{place}",)))


def test_the_shipped_dutch_has_everything_the_code_says() -> None:
    load.cache_clear()
    assert list(demands.missing(load(()).bodies["nl"])) == []


def test_the_shipped_files_are_clean() -> None:
    load.cache_clear()
    assert [str(finding) for finding in lint() if not finding.warning and " is missing" not in finding.what] == []
