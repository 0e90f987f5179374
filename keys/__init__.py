"""Holders, generations and grants: who has been handed which key. Knows ids, not people."""
