"""The permission model of domain.md part C as data, and the cases that are made of it."""
