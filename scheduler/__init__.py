"""When it is said: what must go out at which moment, and doing it."""
