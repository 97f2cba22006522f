"""The report for a terminal; readable without colour."""

from __future__ import annotations

from signing.language import Language
from signing.outcome import VerificationReport
from signing.report import labels
from signing.report.layout import Card, Line, lay_out


def to_text(report: VerificationReport, language: Language = Language.VI) -> str:
    """The report as lines; each finding ends with its code, which `trinhky explain` explains."""
    page = lay_out(report, language)
    lines = [f"{page.name}: {page.word}", f"  {page.sentence}"]
    if page.banner:
        lines.append(f"  ▲ {page.banner}")
    lines += [f"  {_said(one)}" for one in page.lines]
    for card in page.cards:
        lines += _card(card, language)
    lines += [f"  {row.label}: {row.words}" for row in page.facts if row.term != "hash"]
    return "\n".join(lines)


def _card(card: Card, language: Language) -> list[str]:
    return [
        f"  {card.number}. {card.title}: {card.word}",
        f"     {labels.SIGNER(language)}: {card.who}",
        *(f"     {row.label}: {row.words}" for row in card.rows),
        *([f"     {labels.CHANGES(language)}:"] if card.changes else []),
        *(f"       – {one}" for one in card.changes),
        *(f"     {_said(one)}" for one in card.lines),
    ]


def _said(one: Line) -> str:
    return f"{labels.ICONS[one.severity]} {one.words} [{one.code}]"
