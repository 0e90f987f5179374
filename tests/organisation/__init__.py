"""Tests of organisations, members, roles and the tree."""
