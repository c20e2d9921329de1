from messaging import answers
from messaging.channel import Button

YES = Button(id="a.yes", label="✅ Ja", digit=1)
CALL = Button(id="call.ask", label="📞 Bel mij", digit=3)
WHERE = Button(id="a.where", label="📍 Waar? Meer")
WHY = Button(id="a.why", label="💬 Waarom?")


def test_fixed_digits_stay_and_the_others_take_what_is_free() -> None:
    numbers = [(number, button.id) for number, button in answers.numbered((WHERE, YES, CALL, WHY))]

    assert numbers == [(2, "a.where"), (1, "a.yes"), (3, "call.ask"), (4, "a.why")]


def test_lines_below_a_text() -> None:
    assert answers.below("Komt u?", (YES, WHERE)) == "Komt u?\n\n1 ✅ Ja\n2 📍 Waar? Meer"
    assert answers.below("Komt u?", (YES, WHERE), pictograms=False) == "Komt u?\n\n1 Ja\n2 Waar? Meer"


def test_nothing_to_answer() -> None:
    assert answers.below("Dank u.", ()) == "Dank u."
    assert answers.below("Dank u.", (Button(id="call.ask", label="", digit=3),)) == "Dank u."


def test_a_label_of_only_a_picture_is_kept() -> None:
    assert answers.below("Welke?", (Button(id="p", label="🐟"),), pictograms=False) == "Welke?\n\n1 🐟"


def test_a_text_that_names_its_answers() -> None:
    assert answers.says_its_answers("Komt u? Sms 1 = ja, 3 = bel mij.", (YES, CALL))
    assert not answers.says_its_answers("Om 11 = elf uur", (YES,))
    assert not answers.says_its_answers("1 = ja", (WHERE,))
