"""Reading a file in a process of its own, to see how much memory that takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_READING = """
import io, resource, sys
from vault.importing.errors import FileRefused
from vault.importing.jobs import read_upload

def most_memory():
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024

data, before = sys.stdin.buffer.read(), most_memory()
resource.setrlimit(resource.RLIMIT_AS, (700 * 1024 * 1024, 700 * 1024 * 1024))
answer = "read"
try:
    read_upload(io.BytesIO(data))
except FileRefused as refused:
    answer = refused.code
print(answer, most_memory() - before)
"""


def read_in_small_process(data: bytes) -> tuple[str, int]:
    """What becomes of a file in a process that may grow little, and the megabytes by which reading it grew. Linux."""
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", _READING], input=data, capture_output=True, cwd=root, check=False)
    assert done.returncode == 0, done.stderr.decode()[-500:]
    answer, megabytes = done.stdout.split()
    return answer.decode(), int(megabytes)
