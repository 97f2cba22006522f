"""The manifest: what was judged, by what, on what, and what came out. Plain JSON.

Its format is `trinhky-evidence/1`; `docs/adr/0009-evidence-records.md` says what stands where.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from signing.judge.part import FileEvidence
from signing.outcome import SignatureReport, VerificationReport, sentence
from signing.policy import VerificationPolicy
from signing.records.parts import Part
from signing.records.plain import sha256_hex, to_plain
from signing.trust import TrustStore
from signing.verdict import Finding
from signing.words import RULES

FORMAT: Final = "trinhky-evidence/1"
BEGINS: Final = b'{\n "at": '
"""How every manifest begins, so that it is found among other files."""

NOTE: Final = (
    "Bản ghi này giữ những gì kết luận đã dựa vào để có thể lặp lại; tự nó không phải là bằng "
    "chứng mới."
)
_DISTRIBUTIONS: Final = ("trinh-ky", "pyhanko", "pyhanko-certvalidator", "cryptography")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a file was judged by, beside its own bytes."""

    policy: VerificationPolicy
    trust: TrustStore
    extra: FileEvidence | None = None
    """Evidence from elsewhere than the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A manifest with its parts, ready to be kept."""

    manifest: bytes
    """UTF-8 JSON."""

    parts: Mapping[str, bytes]
    """By SHA-256."""

    @property
    def sha256_hex(self) -> str:
        """Of the manifest; binds everything, for the manifest holds the digest of each part."""
        return sha256_hex(self.manifest)


def make_record(report: VerificationReport, inputs: Inputs, gathered: tuple[Part, ...]) -> Record:
    """Puts down a judgement. The same judgement gives the same bytes.

    Args:
        report: What came out.
        inputs: What the file was judged by.
        gathered: The evidence in the file.
    """
    kept: dict[str, bytes] = {}

    def put(der: bytes) -> str:
        digest = sha256_hex(der)
        kept[digest] = der
        return digest

    in_file: defaultdict[str, list[str]] = defaultdict(list)
    for part in gathered:
        in_file[part.kind].append(put(part.der))
    state = {
        "format": FORMAT,
        "note": NOTE,
        "file": {
            "name": report.name,
            "sha256": report.sha256_hex,
            "size": report.size_bytes,
        },
        "at": report.at.isoformat(),
        "versions": versions(),
        "policy": to_plain(inputs.policy, put),
        "trust": to_plain(inputs.trust, put),
        "evidence": {"file": in_file, "elsewhere": to_plain(inputs.extra, put)},
        "result": result_of(report),
        "renew_by": report.renew_by.isoformat() if report.renew_by is not None else None,
    }
    state["parts"] = {digest: len(der) for digest, der in sorted(kept.items())}
    manifest = json.dumps(state, ensure_ascii=False, indent=1, sort_keys=True)
    return Record(manifest=manifest.encode(errors="replace"), parts=kept)


def versions() -> dict[str, str]:
    """What judges here: the product, what it stands on, and a digest of its rules."""
    return {**{name: version(name) for name in _DISTRIBUTIONS}, "rules": _rules()}


@cache
def _rules() -> str:
    """Changes when a finding comes, goes, or does something else to the verdict."""
    listed = [[code, rule.severity.value, rule.effect.value] for code, rule in RULES.items()]
    return sha256_hex(json.dumps(sorted(listed)).encode())


def result_of(report: VerificationReport) -> dict[str, Any]:
    """What came out, for people and for a later comparison."""
    return {
        "verdict": report.verdict.value,
        "sentence": sentence(report),
        "findings": [_finding(one) for one in report.findings],
        "signatures": [_signature(one) for one in report.signatures],
    }


def _signature(one: SignatureReport) -> dict[str, Any]:
    return {
        "field": one.field,
        "kind": one.kind,
        "signer": one.signer,
        "certificate_sha256": one.certificate_sha256_hex,
        "proven_time": one.proven_time.isoformat() if one.proven_time is not None else None,
        "level": one.level,
        "covers": one.covers,
        "verdict": one.verdict.value,
        "findings": [_finding(each) for each in one.findings],
    }


def _finding(one: Finding) -> dict[str, str]:
    return {"code": one.code, "effect": one.effect.value, "message": one.message}
