"""Signing documents by SMS; the room is named, nothing is built in it yet."""
