"""What signing a document costs beside a bare signature of the same file by pyHanko: print one line of JSON.

A signature is measured from consent to the row that says *signed*, closing from the last signature to the last seal,
each as a request does it, with its rows, its log and its sealed files on disk. Beside it pyHanko does the same to the
same bytes in memory, with the same timestamp service. What a click takes, and many at once: `bench.signing_clicks`.
"""

from __future__ import annotations

import io
import json
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from asn1crypto import crl, keys, ocsp
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from crypto.root_key import FileRootKey
from crypto.source import SystemSource
from database.engine import make_engine
from database.migrations import upgrade
from database.session import SessionFactory
from documents.store import FolderStore
from documents.storing import Intake
from portal.services import package_keys
from signing.authority import Authority, CertifiedKey, answers_for, issue_leaf, lists_of
from signing.authority_keys import ensure_authority, load_authority
from signing.models import SigningMethod, SigningRequest
from signing.pades import certificates_of_people
from signing.timestamping import BuiltInTimestamper, to_asn1
from signing.working_files import Workshop
from tests.documents.cabinet import make_cabinet
from tests.signing.sitting import Sitting, sit_down
from tests.world import make_world

REPEATED = 15


def main() -> None:
    """Measure everything, in a folder of its own."""
    # pyHanko warns that it fetches nothing, which is what is wanted.
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="datakluis-bench-") as name:
        folder = Path(name)
        root_key = FileRootKey.create(folder / "root.key", SystemSource())
        factory = _factory(folder, root_key)
        upgrade(factory.engine)
        with factory() as session:
            sitting = sit_down(make_cabinet(make_world(session), folder))
            ensure_authority(session, "Bench")
            session.commit()
            sitting.workshop = _workshop(folder, load_authority(session))
            session.commit()
            found = _measure(sitting)
    print(json.dumps(found))


def _measure(sitting: Sitting) -> dict[str, float]:
    """Milliseconds of each, the median of several; the first of all only warms up."""
    names = "signing", "signing, bare", "closing", "closing, bare", "evidence"
    runs: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(REPEATED + 1):
        for name, duration in zip(names, _one(sitting), strict=True):
            if turn:
                runs[name].append(duration)
    return {name: median(durations) for name, durations in runs.items()}


def _one(sitting: Sitting) -> tuple[float, float, float, float, float]:
    request = _certified(sitting)
    authority = sitting.workshop.authority
    offered = sitting.working_file(request)
    sitting.agree(request, 1)
    signing = _timed(lambda: sitting.go_on(request))
    bare_signing = bare_signature(offered, authority)
    sitting.agree(request, 2)
    sitting.take_steps(request, 1)
    signed = sitting.working_file(request)
    closing = _timed(lambda: sitting.take_steps(request, 1))
    bare_closing = _timed(lambda: _bare_closing(signed, authority))
    evidence = _timed(lambda: sitting.go_on(request))
    return signing, bare_signing, closing, bare_closing, evidence


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _certified(sitting: Sitting) -> SigningRequest:
    request = sitting.request(sitting.document())
    sitting.go_on(request)
    return request


def bare_signature(offered: bytes, authority: Authority) -> float:
    """Milliseconds that pyHanko takes for a signature with a timestamp in a prepared field, with a new certificate."""
    return _timed(lambda: _sign_bare(offered, authority))


def _sign_bare(offered: bytes, authority: Authority) -> None:
    source = SystemSource()
    leaf = issue_leaf(
        authority,
        name="Eva Yılmaz",
        signature_id=source.new_id(),
        capacity="zichzelf",
        method=SigningMethod.TOGETHER,
        moment=source.now(),
    )
    signer = _signer(CertifiedKey(leaf.certificate, leaf.take_key()), authority)
    metadata = PdfSignatureMetadata("Handtekening1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    stamper = BuiltInTimestamper(authority, source)
    sign_pdf(IncrementalPdfFileWriter(io.BytesIO(offered)), metadata, signer, timestamper=stamper)


def _bare_closing(signed: bytes, authority: Authority) -> None:
    """What pyHanko takes for a last seal with all proofs and an archive timestamp (B-LTA)."""
    source = SystemSource()
    people = certificates_of_people(signed)
    context = ValidationContext(
        trust_roots=[to_asn1(authority.root)],
        other_certs=[to_asn1(one) for one in (*authority.certificates, *people)],
        ocsps=[ocsp.OCSPResponse.load(answer) for answer in answers_for(authority, people, source.now())],
        crls=[crl.CertificateList.load(withdrawn) for withdrawn in lists_of(authority, source.now())],
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    metadata = PdfSignatureMetadata(
        "Slotzegel",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=True,
        use_pades_lta=True,
        validation_context=context,
    )
    stamper = BuiltInTimestamper(authority, source)
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    sign_pdf(writer, metadata, _signer(authority.seal, authority), timestamper=stamper)


def _signer(key: CertifiedKey, authority: Authority) -> SimpleSigner:
    store = SimpleCertificateStore()
    store.register(to_asn1(authority.issuing.certificate))
    plain = key.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(to_asn1(key.certificate), keys.PrivateKeyInfo.load(plain), store)


def _factory(folder: Path, root_key: FileRootKey) -> SessionFactory:
    engine = make_engine(f"sqlite:///{folder / 'datakluis.sqlite3'}")
    return SessionFactory(engine, SystemSource(), package_keys(root_key))


def _workshop(folder: Path, authority: Authority) -> Workshop:
    return Workshop(Intake(FolderStore(folder / "files"), 5), authority, BuiltInTimestamper(authority, SystemSource()))


if __name__ == "__main__":
    main()
