"""The queue: what is to be said to whom and when, how far it is, and how it ended."""
