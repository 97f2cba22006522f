"""The report for programs: the contract of `trinhky verify --format json` and of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from signing.language import Language
from signing.outcome import SignatureReport, VerificationReport, sentence
from signing.saying import say_finding
from signing.verdict import Finding


def to_json(report: VerificationReport, language: Language = Language.VI) -> dict[str, Any]:
    """The object of the contract; the caller may replace `file`.

    Where the evidence was kept, `manifest_sha256` names the record. Only `sentence` and each
    `message` are in the language; every other value is the same.
    """
    kept = report.manifest_sha256_hex
    return {
        **({"manifest_sha256": kept} if kept else {}),
        "file": report.name,
        "sha256": report.sha256_hex,
        "verdict": report.verdict.value,
        "sentence": sentence(report, language),
        "policy": {"name": report.policy_name, "version": report.policy_version},
        "signatures": [_signature(one, language) for one in report.signatures],
        "findings": [_finding(one, language) for one in report.findings],
        "milliseconds": report.milliseconds,
    }


def _signature(one: SignatureReport, language: Language) -> dict[str, Any]:
    return {
        "field": one.field,
        "kind": one.kind,
        "signer": one.signer,
        "organisation": one.organisation,
        "email": one.email,
        "serial": one.serial,
        "claimed_time": _iso(one.claimed_time),
        "proven_time": _iso(one.proven_time),
        "level": one.level,
        "covers": one.covers,
        "verdict": one.verdict.value,
        "findings": [_finding(each, language) for each in one.findings],
    }


def _finding(one: Finding, language: Language) -> dict[str, str]:
    return {
        "code": one.code,
        "severity": one.severity.value,
        "message": say_finding(one, language),
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
