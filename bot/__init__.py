"""Who is spoken to: the conversation, the staff console, the entry point."""
