"""From what is due to the call: who gets what together, in which words, on which way, at which moment."""
