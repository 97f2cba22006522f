"""What happened to the file, step by step: signed, stamped, evidence added, changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from signing.change_words import say_change
from signing.language import Language
from signing.outcome import ChangeReport, SignatureReport, VerificationReport
from signing.report import labels
from signing.saying import say_time

SHOWN_STEPS: Final = 200
_BY_A_STEP_OF_ITS_OWN: Final = frozenset({"signature_added", "timestamp_added"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened."""

    number: int
    kind: str
    """signed, stamped, evidence or changed."""

    words: str
    when: str
    """Empty where no time is known."""

    allowed: bool
    """False where a signature forbids it."""


def read_history(report: VerificationReport, language: Language) -> tuple[Step, ...]:
    """The steps, oldest first; empty where less than two are known.

    A signature tells what came after it. What came between two of them is what the older one tells
    more than the younger.
    """
    made = list(_steps(report.signatures, language))[:SHOWN_STEPS]
    if len(made) < 2:  # noqa: PLR2004 (a history of one step says nothing)
        return ()
    return tuple(
        Step(number=at, kind=kind, words=words, when=when, allowed=allowed)
        for at, (kind, words, when, allowed) in enumerate(made, 1)
    )


def _steps(
    signatures: tuple[SignatureReport, ...], language: Language
) -> Iterator[tuple[str, str, str, bool]]:
    for at, one in enumerate(signatures):
        yield _own(one, language)
        younger = len(signatures[at + 1].changes) if at + 1 < len(signatures) else 0
        between = one.changes[: max(0, len(one.changes) - younger)]
        told = [change for change in between if change.kind not in _BY_A_STEP_OF_ITS_OWN]
        for evidence, group in groupby(told, key=_is_evidence):
            yield _between(list(group), evidence=evidence, language=language)


def _is_evidence(change: ChangeReport) -> bool:
    return change.kind == "evidence_added" and change.allowed


def _own(one: SignatureReport, language: Language) -> tuple[str, str, str, bool]:
    who = one.signer or labels.UNKNOWN_SIGNER(language)
    stamped = one.kind == "timestamp"
    shape = labels.STEP_STAMPED if stamped else labels.STEP_SIGNED
    when = ""
    if one.proven_time is not None:
        when = say_time(one.proven_time, language)
    elif one.claimed_time is not None:
        when = labels.CLAIMED(language).format(time=say_time(one.claimed_time, language))
    return "stamped" if stamped else "signed", shape(language).format(who=who), when, True


def _between(
    changes: list[ChangeReport], *, evidence: bool, language: Language
) -> tuple[str, str, str, bool]:
    if evidence:
        return "evidence", labels.STEP_EVIDENCE(language), "", True
    said = "; ".join(dict.fromkeys(say_change(change, language) for change in changes[:5]))
    words = labels.STEP_CHANGED(language).format(what=said)
    return "changed", words, "", all(change.allowed for change in changes)
