"""News: one notice per listener, looked at ahead, called back."""
