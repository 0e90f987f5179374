"""Who acts and whom it concerns: Anna at one employer, Bram at another, Eva and Finn employees of the first."""

from __future__ import annotations

from uuid import UUID

from audit.recording import Who

EMPLOYER = UUID("10000000-0000-4000-8000-000000000001")
OTHER_EMPLOYER = UUID("20000000-0000-4000-8000-000000000002")
ANNA = Who(UUID("a0000000-0000-4000-8000-00000000000a"), EMPLOYER, ("datakluisgebruiker", "bsn_inzage"), "192.0.2.10")
BRAM = Who(UUID("b0000000-0000-4000-8000-00000000000b"), OTHER_EMPLOYER, ("datakluisgebruiker",), "192.0.2.20")
EVA = UUID("e0000000-0000-4000-8000-00000000000e")
FINN = UUID("f0000000-0000-4000-8000-00000000000f")
