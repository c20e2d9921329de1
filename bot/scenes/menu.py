"""The start of everything: what somebody can do here, and the kind answer to what we don't understand."""

from bot.scene import Say, Scene, Turn, button, call_me, part
from content.parts import Choice
from messaging.channel import Attached

#: Who gets leefgeld and financieel ontzorgen (domain.md, rules per doelgroep).
_WITH_LEEFGELD = "nieuwkomer"

_AGENDA = button("agenda", "agenda.open")
_ASK = button("ask", "question.ask")
_HELP = button("help", "help.danger")

#: Buttons beside [more], of the three that stand without a list.
_TWO_AND_MORE = 2

HOME = button("home", "menu.open")


async def _open(turn: Turn, argument: str) -> list[Say]:
    turn.leave()
    return [hello(turn)]


async def _more(turn: Turn, argument: str) -> list[Say]:
    return [Say(parts=(part("menu", "hello"),), choices=tuple(_everything(turn)))]


def hello(turn: Turn) -> Say:
    """The menu."""
    below = [_AGENDA, _ASK]
    if any(account.role == "rolmodel" for account in turn.accounts):
        below.append(button("my_work", "rolmodel.work"))
    if turn.edits or len(below) > _TWO_AND_MORE:
        below.append(_HELP)  # where a fourth button costs nothing, or it is a list already, help is one tap nearer
    return Say(
        parts=(part("menu", "hello"),),
        choices=(*below, button("more", "menu.more")),
        sms=part("menu", "sms_hello"),
        sms_choices=(call_me(),),
    )


def _everything(turn: Turn) -> list[Choice]:
    person = turn.person
    money = [button("money", "leefgeld.overview")] if person and person.doelgroep == _WITH_LEEFGELD else []
    works = any(account.role == "rolmodel" for account in turn.accounts)
    return [
        *money,
        *([button("read_aloud", "recording.begin")] if works else []),
        button("workshops", "workshop.list"),
        button("news", "updates.list"),
        button("language", "language.pick"),
        button("settings", "settings.open"),
        _HELP,
    ]


def has_leefgeld(turn: Turn) -> bool:
    """Whether this person may hear of leefgeld at all."""
    return turn.person is not None and turn.person.doelgroep == _WITH_LEEFGELD


def gone(turn: Turn) -> Say:
    """The answer to a button that is old, guessed or somebody else's: all look the same."""
    below = (_AGENDA, HOME) if turn.persons else (HOME,)
    return Say(parts=(part("menu", "gone"),), choices=below, sms=part("menu", "sms_unknown"), sms_choices=(call_me(),))


def unknown() -> Say:
    """The answer to free text that nobody was waiting for."""
    return Say(
        parts=(part("menu", "unknown"),),
        choices=(call_me(), _ASK, _AGENDA),
        sms=part("menu", "sms_unknown"),
        sms_choices=(call_me(),),
    )


def attached(kind: Attached) -> Say:
    """The fixed answer to a photo, a document or a voice: none of it is ever downloaded."""
    name = "voice" if kind is Attached.VOICE else "photo"
    below = (call_me(), _ASK) if kind is Attached.VOICE else (call_me(), _AGENDA)
    return Say(parts=(part("menu", name),), choices=below, sms=part("menu", "sms_unknown"), sms_choices=(call_me(),))


def in_group() -> Say:
    """All that a group ever hears."""
    return Say(parts=(part("menu", "group"),))


def too_much() -> Say:
    """Said once when a flood begins: help stays within reach."""
    return Say(
        parts=(part("flood", "too_much"),),
        choices=(_HELP,),
        sms=part("flood", "sms_too_much"),
        sms_choices=(call_me(),),
        fresh=True,
    )


SCENE = Scene(name="menu", actions={"open": _open, "more": _more})
