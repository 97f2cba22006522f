"""A report as JSON and back: how it leaves the sandbox, and how the product stores it.

Only plain JSON comes out of the process that touched a stranger's file; nothing in it is executed.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime
from typing import Any

from signing.certificates import CertificateFacts
from signing.outcome import SignatureReport, VerificationReport
from signing.verdict import Finding, Severity, Verdict


def dump_report(report: VerificationReport) -> str:
    """The whole report; `load_report` gives it back."""
    return json.dumps(_plain(report), ensure_ascii=False)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Finding | CertificateFacts | SignatureReport | VerificationReport):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value


def load_report(text: str) -> VerificationReport:
    """The report that `dump_report` wrote."""
    state: dict[str, Any] = json.loads(text)
    state["at"] = datetime.fromisoformat(state["at"])
    state["signatures"] = tuple(_signature(one) for one in state["signatures"])
    state["findings"] = _findings(state["findings"])
    return VerificationReport(**state)


def _signature(state: dict[str, Any]) -> SignatureReport:
    state["claimed_time"] = _moment(state["claimed_time"])
    state["proven_time"] = _moment(state["proven_time"])
    state["chain"] = tuple(_facts(one) for one in state["chain"])
    state["findings"] = _findings(state["findings"])
    return SignatureReport(**state)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _facts(state: dict[str, Any]) -> CertificateFacts:
    state["not_before"] = datetime.fromisoformat(state["not_before"])
    state["not_after"] = datetime.fromisoformat(state["not_after"])
    state["key_usage"] = frozenset(state["key_usage"])
    return CertificateFacts(**state)


def _findings(states: list[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            code=one["code"],
            severity=Severity(one["severity"]),
            effect=Verdict(one["effect"]),
            message=one["message"],
        )
        for one in states
    )
