"""`python -m portal`: the command `datakluis`."""

from __future__ import annotations

from portal.commands import main

main(prog_name="datakluis")
