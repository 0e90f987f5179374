"""The log: who saw or did what, of whom, when and on which ground (NEN 7513), so that it can't be rewritten unseen."""
