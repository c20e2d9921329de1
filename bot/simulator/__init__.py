"""The demo's phones and its time machine, as a page and as JSON; served on this machine only."""

from bot.simulator.desk import Desk, StaffLogin
from bot.simulator.page import add_to

__all__ = ["Desk", "StaffLogin", "add_to"]
