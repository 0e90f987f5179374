"""The measures, in a process of their own: print one line of JSON with milliseconds by name.

`--plaintext` makes this process the twin before it imports anything else of the application, `--without-log` leaves the
log out.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
from pathlib import Path


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workbook", type=Path)
    parser.add_argument("people", type=int)
    parser.add_argument("--plaintext", action="store_true")
    parser.add_argument("--without-log", action="store_true")
    arguments = parser.parse_args()
    if arguments.plaintext:
        from bench.plaintext import become_plaintext

        become_plaintext()
    if arguments.without_log:
        from bench.plaintext import keep_no_log

        keep_no_log()
    # Only now: what is imported from here on takes the functions that were just put in place.
    from bench.acts import measure_all

    with tempfile.TemporaryDirectory(prefix="datakluis-bench-") as folder:
        found = measure_all(Path(folder), arguments.workbook, arguments.people)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    print(json.dumps({**found, "memory, highest of all": peak}))


if __name__ == "__main__":
    main()
