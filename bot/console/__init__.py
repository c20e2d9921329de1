"""The console: web pages for staff, with plain forms that work without scripts."""

from bot.console.desk import DemoStaff, Desk
from bot.console.site import add_to

__all__ = ["DemoStaff", "Desk", "add_to"]
