"""The log: who saw or did what, of whom, when and on which ground (NEN 7513), so that it can't be rewritten unseen.

`recording` writes entries, `chaining` seals them into a chain for each organisation, `verification` finds what was
changed behind its back, `reading` shows them, `actions` has its words.
"""

from audit.recording import PLATFORM_ID

__all__ = ["PLATFORM_ID"]
