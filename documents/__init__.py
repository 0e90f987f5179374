"""Sealed files: what they are checked for, where their pieces lie, and who can open them."""
