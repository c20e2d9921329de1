"""Texts under four eyes: what waits, how it is shown to who judges it, and what that changes."""
