"""Whom a signed document is believed by: the roots of who signed, and those of who stamped the moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asn1crypto import x509 as asn1_x509
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import (
    REQUIRE_REVINFO,
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager

OF_TIMESTAMPS = "# This one vouches for timestamps only:"
"""The line before a certificate in PEM, among those to check with, that is believed about the moment alone."""


@dataclass(frozen=True)
class TrustedRoots:
    """The roots that may vouch for who signed, and those of a timestamp service, which vouch for a moment alone."""

    roots: list[Any]
    of_timestamps: list[Any]

    @classmethod
    def load(cls, roots: Sequence[bytes], timestamp_roots: Sequence[bytes] = ()) -> TrustedRoots:
        """The same from certificates (DER)."""
        loaded = [[asn1_x509.Certificate.load(one) for one in some] for some in (roots, timestamp_roots)]
        return cls(loaded[0], loaded[1])

    def policy(self) -> PdfSignatureValidationSpec:
        """How a signature is checked by them: with no network, and with proof for each certificate of who signed."""
        trust = SimpleTrustManager.build(trust_roots=self.roots)
        trust_of_timestamps = SimpleTrustManager.build(trust_roots=[*self.roots, *self.of_timestamps])
        # Of a timestamp service elsewhere its own authority tells, where its certificate says that it does.
        as_declared = RevocationCheckingPolicy(
            RevocationCheckingRule.CHECK_IF_DECLARED, RevocationCheckingRule.CHECK_IF_DECLARED
        )
        return PdfSignatureValidationSpec(
            SignatureValidationSpec(
                cert_validation_policy=CertValidationPolicySpec(
                    trust_manager=trust, revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO)
                ),
                ts_cert_validation_policy=CertValidationPolicySpec(
                    trust_manager=trust_of_timestamps, revinfo_policy=CertRevTrustPolicy(as_declared)
                ),
                revinfo_gathering_policy=RevocationInfoGatheringSpec(
                    online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY
                ),
            )
        )
