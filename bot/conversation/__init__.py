"""What a person typed or tapped becomes answers: find who speaks and where the chat stands, then ask a scene."""

from bot.conversation.answering import answer
from bot.conversation.files import Wanted, wanted

__all__ = ["Wanted", "answer", "wanted"]
