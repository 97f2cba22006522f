"""Our findings in the sub-indications of ETSI EN 319 102-1, 5.1.3, tables 5 and 6."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from signing.verdict import Finding, Verdict

FORMAT: Final = "FORMAT_FAILURE"
NO_CHAIN: Final = "NO_CERTIFICATE_CHAIN_FOUND"
_NO_POE_CRYPTO: Final = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"

SUB_INDICATIONS: Final = {
    "content_changed": "HASH_FAILURE",
    "timestamp_mismatch": "HASH_FAILURE",
    "signature_invalid": "SIG_CRYPTO_FAILURE",
    "certificate_revoked": "REVOKED",
    "certificate_expired": "EXPIRED",
    "certificate_not_yet_valid": "NOT_YET_VALID",
    "broken_hash": "CRYPTO_CONSTRAINTS_FAILURE",
    "wrong_key_usage": "CHAIN_CONSTRAINTS_FAILURE",
    "registered_to_other": "SIG_CONSTRAINTS_FAILURE",
    "registration_ended": "SIG_CONSTRAINTS_FAILURE",
    "registration_ended_unproven": "SIG_CONSTRAINTS_FAILURE",
    "algorithm_unknown": "CRYPTO_CONSTRAINTS_FAILURE",
    "sha1_after_cutoff": _NO_POE_CRYPTO,
    "short_key": _NO_POE_CRYPTO,
    "algorithm_disallowed": _NO_POE_CRYPTO,
    "timestamp_untrusted": "NO_POE",
    "timestamp_in_future": "TIMESTAMP_ORDER_FAILURE",
    "issuer_unknown": NO_CHAIN,
    "chain_invalid": "CERTIFICATE_CHAIN_GENERAL_FAILURE",
    "certificate_expired_time_unproven": "OUT_OF_BOUNDS_NO_POE",
    "revoked_time_unproven": "REVOKED_NO_POE",
    "evidence_missing": "CERTIFICATE_CHAIN_GENERAL_FAILURE",
    "evidence_stale": "TRY_LATER",
    "unsigned": "SIGNED_DATA_NOT_FOUND",
}
"""By code; a failed finding without an entry is `FORMAT_FAILURE`, another one `GENERIC`."""


def sub_indication(findings: Iterable[Finding], verdict: Verdict) -> str:
    """The sub-indication of the first finding that decides.

    A signature that is held back for no finding of its own lacks a chain that was looked for, or
    lies in a file that did not pass: `NO_CERTIFICATE_CHAIN_FOUND` without findings that decide.
    """
    deciding = [one for one in findings if one.effect is not Verdict.PASSED]
    same = [one for one in deciding if one.effect is verdict] or deciding
    if not same:
        return NO_CHAIN
    default = FORMAT if verdict is Verdict.FAILED else "GENERIC"
    return SUB_INDICATIONS.get(same[0].code, default)
