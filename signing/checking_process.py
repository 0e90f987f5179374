"""Reading a stranger's PDF in a process of its own that has nothing else: no keys, no database, little time and memory.

Run by `signing.checking` as a script: it gets what to do and the files on its standard input and answers with JSON on
its standard output. It imports nothing of the portal but what knows PDFs.
"""

from __future__ import annotations

import json
import logging
import os
import struct
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

SECONDS = 20
MEMORY_BYTES = 2 * 1024 * 1024 * 1024
OPEN_FILES = 64
POLITENESS = 10
"""How much this process lets those go first that serve pages."""
LENGTH = struct.Struct(">Q")
VERIFY, OBJECT = "verify", "object"


def main() -> None:
    """Answer one question."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    logging.disable(logging.CRITICAL)
    question, *files = _read(sys.stdin.buffer)
    asked = json.loads(question)
    if asked.pop("what") == OBJECT:
        answer: object = _objection(files)
    else:
        answer = _findings(files, **asked)
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    # What is left of the files in memory needs no tidying up.
    os._exit(0)


def _objection(files: list[bytes]) -> str:
    from signing.objections import objection_to

    limit_process()
    return objection_to(files[0])


def _findings(files: list[bytes], *, has_evidence: bool, roots: int) -> dict[str, Any]:
    from signing.verifying import verify

    limit_process()
    document, *others = files
    evidence = others.pop(0) if has_evidence else None
    return asdict(verify(document, evidence, others[:roots], others[roots:]))


def limit_process() -> None:
    """Let this process use little, and write no file, whatever the document makes it do."""
    try:
        import resource
    except ImportError:
        # Windows has no such limits; there only the parent's clock counts.
        return
    os.nice(POLITENESS)
    for what, limit in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        resource.setrlimit(what, (limit, limit))


def _read(stream: BinaryIO) -> list[bytes]:
    (count,) = LENGTH.unpack(stream.read(LENGTH.size))
    found = []
    for _ in range(count):
        (length,) = LENGTH.unpack(stream.read(LENGTH.size))
        found.append(stream.read(length))
    return found


if __name__ == "__main__":
    main()
