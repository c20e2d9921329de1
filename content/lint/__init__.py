"""What is asked of every sentence before it can reach a person."""
