"""Twilio: SMS and WhatsApp on one account; `signature` alone needs its library."""
