"""Every scene that a chat can stand in."""

from collections.abc import Mapping

from bot.scene import Scene
from bot.scenes import (
    agenda,
    answer,
    appointment,
    call,
    duty,
    help,
    language,
    leefgeld,
    link,
    menu,
    question,
    really,
    recording,
    relay,
    rolmodel,
    settings,
    stop,
    textqueue,
    understanding,
    unlock,
    updates,
    welcome,
    workshop,
)

#: Every scene, by the name that its actions begin with.
SCENES: Mapping[str, Scene] = {
    module.SCENE.name: module.SCENE
    for module in (
        welcome,
        link,
        menu,
        agenda,
        appointment,
        workshop,
        leefgeld,
        updates,
        call,
        question,
        understanding,
        answer,
        language,
        settings,
        help,
        really,
        stop,
        unlock,
        rolmodel,
        textqueue,
        duty,
        relay,
        recording,
    )
}
