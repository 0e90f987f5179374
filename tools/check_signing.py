"""Check a signed document with its evidence (ondertekenbewijs), without the portal and without a network.

    python tools/check_signing.py document.pdf [ondertekenbewijs.pdf] hoofdcertificaat.pem

`hoofdcertificaat.pem` has the certificates to trust, as `datakluis signing root` prints them. Ask for them at another
moment and along another way than for the documents: who could give you both could give you a forgery of both. It needs
Python 3.11 or newer, `pip install pyhanko==0.38.0`, and of this project the folder `signing` beside the folder `tools`.

The exit code is 0 when everything is as it should, 1 when something is wrong, 2 when that could not be looked at.
"""

from __future__ import annotations

import argparse
import logging
import re
import ssl
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from signing.trusted_roots import OF_TIMESTAMPS
from signing.verifying import Findings, Problem, verify

SENTENCES = {
    "agreed_to_other": "the evidence says that somebody agreed with another document than the one that was offered",
    "broken": "the bytes under this signature were changed, or the signature itself was",
    "bytes_behind": "something was added behind the last timestamp",
    "can_change": "the document that was signed holds something that can show another thing later",
    "changed_after": "something was changed after this signature that may not be changed",
    "events_broken": "what happened, as the evidence tells it, has a gap or was changed",
    "no_record": "the file that should be the evidence has no bewijs.json in it",
    "no_signatures": "there is no signature in this file",
    "no_timestamp": "this signature has no timestamp that can be relied on, or none over the whole document after it",
    "not_certified": "the file does not begin with the seal of the portal, or is of the other kind",
    "not_closed": "the last seal, or the timestamp over the whole, is missing: it was cut off, or never came",
    "not_proved": "the file holds no proof that the certificate of this signature stood when it was set",
    "not_trusted": "the certificate does not lead to a root that you trust",
    "original_differs": "the document does not begin with the original that the evidence names",
    "other_authority": "the certificates are others than those that the evidence names",
    "other_document": "the document is not the one that the evidence is about",
    "outside_validity": "the signature was set before or after the day for which its certificate was made",
    "record_malformed": "the bewijs.json in the evidence is not in the form in which the portal writes it",
    "revision_differs": "the document up to this signature is not as the evidence says",
    "signature_missing": "a signature is missing that the evidence names",
    "signature_unexpected": "there is a signature that the evidence does not name",
    "signer_differs": "who signed here is not who signed according to the evidence",
    "unreadable": "this is no PDF that can be read",
}
UNKNOWN = (
    "What can't be known from these files: that the phone that got a code was in the hands of the person\n"
    "who is named, and whether a certificate was withdrawn since."
)


def main() -> int:
    """Check what the command line names, and print what was found."""
    reading = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reading.add_argument("document", type=Path)
    reading.add_argument("evidence", type=Path, nargs="?")
    reading.add_argument("roots", type=Path, help="the certificates to trust (PEM)")
    given = reading.parse_args()
    logging.disable(logging.CRITICAL)
    try:
        document = given.document.read_bytes()
        evidence = given.evidence.read_bytes() if given.evidence else None
        roots, timestamp_roots = read_roots(given.roots.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        findings = verify(document, evidence, roots, timestamp_roots)
    except Exception:
        # What a damaged file makes a reader of PDFs raise is not told by its types; none of it is good.
        findings = Findings((Problem("unreadable"),))
    sys.stdout.write("\n".join(lines_about(findings, has_evidence=evidence is not None)) + "\n")
    return 0 if findings.is_valid else 1


def read_roots(text: str) -> tuple[list[bytes], list[bytes]]:
    """Return the certificates in `text` (DER), and apart those of which it says that they vouch for timestamps only.

    Raises `ValueError` where there are none for signatures.
    """
    pattern = f"({re.escape(OF_TIMESTAMPS)}\\s+)?(-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----)"
    found = [(bool(mark), ssl.PEM_cert_to_DER_cert(pem)) for mark, pem in re.findall(pattern, text, re.DOTALL)]
    roots = [certificate for is_marked, certificate in found if not is_marked]
    if not roots:
        raise ValueError("the file with roots holds no certificate in PEM")
    return roots, [certificate for is_marked, certificate in found if is_marked]


def lines_about(findings: Findings, *, has_evidence: bool) -> list[str]:
    """What was found, a line each."""
    lines = ["VALID" if findings.is_valid else "NOT VALID"]
    for problem in findings.problems:
        about = f" ({problem.about})" if problem.about else ""
        lines.append(f"  {problem.file}: {SENTENCES[problem.code]}{about}")
    for one in findings.signatures:
        who = f"{one.name}, {one.capacity}" if one.kind == "person" else one.name
        lines.append(f"  {one.signed_at}  {one.kind:9}  {who}  [{one.field}]")
    if findings.record is not None:
        lines.append(f"  evidence: reference {findings.record['reference']}, request {findings.record['id']}")
    if not has_evidence:
        lines.append("Without the evidence it can't be told whether a signature is missing.")
    return [*lines, UNKNOWN]


if __name__ == "__main__":
    sys.exit(main())
