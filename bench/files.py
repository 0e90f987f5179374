"""The measures of shared files, in a process of their own: print one line of JSON with milliseconds by name.

`--plaintext` makes this process the twin before it imports anything else of the application.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("megabytes", type=int, help="how large the file is")
    parser.add_argument("--plaintext", action="store_true")
    arguments = parser.parse_args()
    if arguments.plaintext:
        from bench.plaintext import become_plaintext

        become_plaintext()
    # Only now: what is imported from here on takes the functions that were just put in place.
    from bench.transfers import measure

    with tempfile.TemporaryDirectory(prefix="datakluis-bench-") as folder:
        print(json.dumps(measure(Path(folder), arguments.megabytes)))


if __name__ == "__main__":
    main()
