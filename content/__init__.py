"""What is said: kinds of message, texts, approvals, updates."""
