"""Invitation-based dialogues; the room is named, nothing is built in it yet."""
