"""Keys: who can open what, with real keys on both databases."""
