"""People who log in: password, second factor, back-up code, sessions; and what a request knows of its actor."""
