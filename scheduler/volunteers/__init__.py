"""Rolmodellen: what they are asked, when, and for how long they worked."""
