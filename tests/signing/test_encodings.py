"""Everything that signatures are written with is ready before the first, so that threads never set it up at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.signing.judges import needs_judges, require_judges

ROOT = Path(__file__).resolve().parents[2]
# Only a process that has just begun tells what the first signatures in it set up.
SIGNING = """
import json, sys
from pathlib import Path
from asn1crypto.core import _SETUP_CLASSES
from crypto.source import SystemSource
from signing.pades import revisions, seal_record
from signing.timestamping import HttpTimestamper
from tests.signing.signed_documents import authority, plain_document, sign_all, timestamper
from tests.signing.timestamp_services import make_stamping_authority, running_service, service_at

stamping, ready = make_stamping_authority(Path(sys.argv[1])), set(_SETUP_CLASSES)
with running_service(lambda query: (200, stamping.reply(query))) as url:
    for stamper in (timestamper(), HttpTimestamper(service_at(url, stamping), SystemSource())):
        signed = revisions(sign_all(plain_document(1), stamper).closed)
        sealed = revisions(seal_record(plain_document(1), authority(), stamper))
        assert (len(signed), len(sealed)) == (5, 2)
print(json.dumps(sorted(map(str, set(_SETUP_CLASSES) - ready))))
"""


@needs_judges
def test_the_first_signatures_of_a_process_find_everything_set_up(tmp_path: Path) -> None:
    require_judges()
    command = [sys.executable, "-c", SIGNING, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    assert json.loads(done.stdout) == []
