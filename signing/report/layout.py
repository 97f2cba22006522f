"""What a report says to people, in a language and in order, before it takes a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from signing.change_words import say_change
from signing.glossary import CODES, TERMS
from signing.language import Language
from signing.outcome import SignatureReport, VerificationReport, sentence
from signing.report import labels
from signing.report.history import Step, read_history
from signing.saying import say_day, say_finding, say_time
from signing.verdict import Finding, Severity, Verdict
from signing.visible import made_visible

SHOWN_CHANGES: Final = 20
"""More changes after one signature are counted, not listed."""

_TOLD_BY_HISTORY: Final = frozenset({"signature_added", "timestamp_added", "evidence_added"})


@dataclass(frozen=True, slots=True)
class Row:
    """A label, what it is of this signature, and the term that explains the label."""

    label: str
    words: str
    term: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A finding."""

    severity: Severity
    code: str
    decides: bool
    """Whether it makes the verdict less than passed."""

    words: str
    meaning: str
    todo: str
    """Empty where the code is unknown to the glossary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One signature or document time stamp."""

    number: int
    title: str
    who: str
    verdict: Verdict
    word: str
    rows: tuple[Row, ...]
    changes: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A term of the glossary."""

    key: str
    name: str
    meaning: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole report; every word in it may come from a stranger and is yet to be escaped."""

    language: Language
    name: str
    verdict: Verdict
    word: str
    sentence: str
    banner: str
    """Empty unless the certificates are of a test."""

    lines: tuple[Line, ...]
    cards: tuple[Card, ...]
    history: tuple[Step, ...]
    facts: tuple[Row, ...]
    glossary: tuple[Entry, ...]


def lay_out(report: VerificationReport, language: Language) -> Page:
    """The report in a language; characters that cannot be seen are shown as their escapes."""
    report = made_visible(report)
    return Page(
        language=language,
        name=report.name,
        verdict=report.verdict,
        word=labels.verdict_word(report.verdict, language),
        sentence=sentence(report, language),
        banner=labels.BANNER(language) if report.test_only else "",
        lines=_lines(_untested(report), language),
        cards=tuple(_card(at, one, language) for at, one in enumerate(report.signatures, 1)),
        history=read_history(report, language),
        facts=_facts(report, language),
        glossary=_glossary(language),
    )


def _untested(report: VerificationReport) -> tuple[Finding, ...]:
    """The file's findings without the one that the banner already says."""
    return tuple(
        one for one in report.findings if not (report.test_only and one.code == "test_certificates")
    )


def _card(number: int, one: SignatureReport, language: Language) -> Card:
    kind = labels.KINDS.get(one.kind)
    return Card(
        number=number,
        title=kind(language) if kind is not None else one.kind,
        who=one.signer or labels.UNKNOWN_SIGNER(language),
        verdict=one.verdict,
        word=labels.verdict_word(one.verdict, language),
        rows=_rows(one, language),
        changes=_changes(one, language),
        lines=_lines(one.findings, language),
    )


def _rows(one: SignatureReport, language: Language) -> tuple[Row, ...]:
    """What is known beside the name; empty words are left out."""
    covers = labels.COVERS.get(one.covers)
    number = labels.NUMBER(language).format(serial=one.serial) if one.serial else ""
    ends = say_day(one.chain[-1].not_after, language) if one.chain else ""
    rows = (
        Row(labels.ORGANISATION(language), one.organisation),
        Row(labels.EMAIL(language), one.email),
        Row(labels.WHEN(language), *_signed_at(one, language)),
        Row(labels.CERTIFICATE(language), number, "certificate"),
        Row(labels.CHAIN(language), " → ".join(link.name for link in one.chain), "chain"),
        Row(labels.ENDS(language), ends, "certificate"),
        Row(labels.SCOPE(language), covers(language) if covers else one.covers, "scope"),
        Row(labels.LEVEL(language), "" if one.level == "none" else one.level, "level"),
        Row(labels.FIELD(language), one.field),
    )
    return tuple(row for row in rows if row.words)


def _signed_at(one: SignatureReport, language: Language) -> tuple[str, str]:
    if one.proven_time is not None:
        time = say_time(one.proven_time, language)
        return labels.PROVEN(language).format(time=time), "proven_time"
    if one.claimed_time is not None:
        time = say_time(one.claimed_time, language)
        return labels.CLAIMED(language).format(time=time), "claimed_time"
    return "", ""


def _changes(one: SignatureReport, language: Language) -> tuple[str, ...]:
    """What is worth a line; signatures and evidence that may be added are told by the history."""
    said = [
        say_change(change, language)
        for change in one.changes
        if not change.allowed or change.kind not in _TOLD_BY_HISTORY
    ]
    shown = list(dict.fromkeys(said))
    more = len(shown) - SHOWN_CHANGES
    tail = [labels.MORE(language).format(count=more)] if more > 0 else []
    return (*shown[:SHOWN_CHANGES], *tail)


def _lines(findings: tuple[Finding, ...], language: Language) -> tuple[Line, ...]:
    """The loud ones first; else in the order in which they were found."""
    loudness = list(reversed(Severity))
    ordered = sorted(findings, key=lambda one: loudness.index(one.severity))
    return tuple(_line(one, language) for one in ordered)


def _line(one: Finding, language: Language) -> Line:
    known = CODES.get(one.code)
    return Line(
        severity=one.severity,
        code=one.code,
        decides=one.effect is not Verdict.PASSED,
        words=say_finding(one, language),
        meaning=known.meaning(language) if known else "",
        todo=labels.TODO(language).format(todo=known.todo(language)) if known else "",
    )


def _facts(report: VerificationReport, language: Language) -> tuple[Row, ...]:
    policy = labels.POLICY_NAME(language).format(
        name=report.policy_name, version=report.policy_version
    )
    renew = report.renew_by
    rows = (
        Row(labels.RENEW(language), say_day(renew, language) if renew else "", "renewal"),
        Row(labels.POLICY(language), policy, "policy"),
        Row(labels.CHECKED(language), say_time(report.at, language)),
        Row(labels.DIGEST(language), report.sha256_hex, "hash"),
        Row(labels.MANIFEST(language), report.manifest_sha256_hex, "evidence"),
    )
    return tuple(row for row in rows if row.words)


def _glossary(language: Language) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            key=key,
            name=term.name(language),
            meaning=term.meaning(language),
            source=labels.SOURCE(language).format(source=term.source),
        )
        for key, term in TERMS.items()
    )
