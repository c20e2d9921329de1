"""How it is said: the channels to a phone, in and out."""
