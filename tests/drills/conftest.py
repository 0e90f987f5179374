"""What all drills share: a way to tell their figures."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[object], None]:
    """Writes a line on the terminal, whether the test passes or not."""

    def write(figures: object) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{figures}")

    return write
