"""Tests of dialogues."""
