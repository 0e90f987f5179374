"""Logging in: passwords, codes, links and sessions, each good once."""
