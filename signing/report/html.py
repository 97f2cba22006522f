"""The report as a page for a browser: no script, nothing fetched, every word escaped."""

from __future__ import annotations

from html import escape

from signing.language import Language
from signing.outcome import VerificationReport
from signing.report import labels
from signing.report.history import Step
from signing.report.layout import Card, Entry, Line, Page, Row, lay_out
from signing.report.style import STYLE


def to_html(report: VerificationReport, language: Language = Language.VI) -> str:
    """The report as one self-contained page; every term and finding opens its explanation."""
    page = lay_out(report, language)
    test = f'<p class="test">{escape(page.banner)}</p>' if page.banner else ""
    return f"""<!doctype html>
<html lang="{language.value}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{labels.TITLE(language)}: {escape(page.name)}</title><style>{STYLE}</style></head>
<body><main>
<div class="band {page.verdict.value}" role="status"><strong>{page.word}</strong>
{escape(page.sentence)}</div>
{test}<h1>{escape(page.name)}</h1>
{_list(page.lines)}
<div class="cards">{"".join(_card(one, page) for one in page.cards)}</div>
{_history(page.history, language)}
<h2>{labels.GLOSSARY(language)}</h2>
<div class="terms">{"".join(map(_entry, page.glossary))}</div>
<footer><dl>{_rows(page.facts, page)}</dl><p>{labels.FOOTER(language)}</p></footer>
</main></body></html>
"""


def _card(card: Card, page: Page) -> str:
    changes = ""
    if card.changes:
        items = "".join(f"<li>– {escape(one)}</li>" for one in card.changes)
        changes = (
            f'<p class="quiet">{labels.CHANGES(page.language)}</p><ul class="plain">{items}</ul>'
        )
    return (
        f'<article><p class="quiet">{card.number}. {escape(card.title)}</p>'
        f"<h3>{escape(card.who)}</h3>"
        f'<span class="word {card.verdict.value}">{card.word}</span>'
        f"<dl>{_rows(card.rows, page)}</dl>{changes}{_list(card.lines)}</article>"
    )


def _rows(rows: tuple[Row, ...], page: Page) -> str:
    meanings = {one.key: one.meaning for one in page.glossary}
    return "".join(f"<dt>{_label(row, meanings)}</dt><dd>{_words(row)}</dd>" for row in rows)


def _label(row: Row, meanings: dict[str, str]) -> str:
    if row.term not in meanings:
        return escape(row.label)
    return f'<a href="#{row.term}" title="{escape(meanings[row.term])}">{escape(row.label)}</a>'


def _words(row: Row) -> str:
    return f"<code>{escape(row.words)}</code>" if row.term == "hash" else escape(row.words)


def _list(lines: tuple[Line, ...]) -> str:
    items = "".join(f'<li class="{one.severity.value}">{_line(one)}</li>' for one in lines)
    return f"<ul>{items}</ul>" if items else ""


def _line(one: Line) -> str:
    said = f"{labels.ICONS[one.severity]} {escape(one.words)}"
    told = "".join(f"<p>{escape(words)}</p>" for words in (one.meaning, one.todo) if words)
    code = f"<p><code>{escape(one.code)}</code></p>"
    return f"<details><summary>{said}</summary>{told}{code}</details>"


def _history(steps: tuple[Step, ...], language: Language) -> str:
    if not steps:
        return ""
    head = "".join(f"<th>{one(language)}</th>" for one in (labels.STEP, labels.WHAT, labels.AT))
    rows = "".join(
        f"<tr{_row_class(one)}><td>{one.number}</td>"
        f"<td>{escape(one.words)}</td><td>{escape(one.when)}</td></tr>"
        for one in steps
    )
    return f"<h2>{labels.TIMELINE(language)}</h2><table><tr>{head}</tr>{rows}</table>"


def _entry(one: Entry) -> str:
    return (
        f'<details><summary>{escape(one.name)}</summary><p id="{one.key}">'
        f"{escape(one.meaning)}</p><p>{escape(one.source)}</p></details>"
    )


def _row_class(one: Step) -> str:
    return "" if one.allowed else ' class="no"'
