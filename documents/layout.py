"""From content and rules to what the template shows: every text ready, every measure in place.

The template only places things. Upper case, end marks, dates and references are made here, where
they can be tested.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from documents.content import (
    Annex,
    Block,
    DirectiveContent,
    Paragraph,
    RecipientLine,
    RecipientRole,
    Regime,
    Table,
)
from documents.places import DATE_FIELD, NUMBER_FIELD, ExpectedDigits
from documents.regimes.rules import RuleValue

OFFICER_FIELD = "ChuKyLanhDao"
SEAL_FIELD = "DauCoQuan"
_END_MARKS = ".;,"
_BLANK_NUMBER = "\u2026\u2026"  # an ellipsis of rule length where the number is still to come
_PADDED_MONTHS = (1, 2)  # Source: NĐ 30/2020 PL I II.4
_CELL_MAX = 900  # letters; a row with more may run over the page, others stay whole
_BOX_MM = re.compile(r"(\d+)x(\d+)")


def page_data(
    content: DirectiveContent,
    rules: Mapping[str, RuleValue],
    expected: ExpectedDigits | None = None,
) -> dict[str, object]:
    """Everything the template needs, as JSON values in NFC.

    `rules` are the values in force on the day of the document (`RegimeRules.values`). With
    `expected`, number and date are left as gaps for so many digits.
    """
    data = {
        "rules": dict(rules),
        "letter": content.is_letter(),
        "parent": upper(content.parent_issuer),
        "issuer": upper(content.issuer),
        "number": _number_parts(content, str(rules["number_prefix"]), expected),
        "place_date": _date_parts(content, expected),
        "urgency": _urgency(content.urgency, rules),
        "type": upper(content.doc_type),
        "title": content.title,
        "addressees": addressee_lines(content.addressees),
        "body": [
            *_blocks(content.opening, 1),
            *_blocks(content.sections, 1),
            *_blocks(content.closing, 1),
        ],
        "recipients": recipient_lines(content.recipients, str(rules["recipient_end"])),
        "capacity": [upper(line) for line in content.signature.capacity_lines],
        "position": upper(content.signature.position),
        "signer": content.signature.name,
        "annexes": [
            _annex(annex, content, str(rules["annex_reference"])) for annex in content.annexes
        ],
        "notice": content.notice or "",
        "fields": {"officer": OFFICER_FIELD, "seal": SEAL_FIELD},
    }
    return {key: _clean(value) for key, value in data.items()}


def upper(text: str) -> str:
    """Upper case by the rules of Unicode, composed."""
    return unicodedata.normalize("NFC", text).upper()


def number_line(content: DirectiveContent, prefix: str) -> str:
    """The line of number and symbol, with dots where the number is still to be taken."""
    number = content.number_text()
    if number is None:
        number = f"{_BLANK_NUMBER}{content.regime.number_separator()}{content.symbol}"
    return f"{prefix}{number}"


def _number_parts(
    content: DirectiveContent, prefix: str, expected: ExpectedDigits | None
) -> list[object]:
    """The line of the number as texts, and gaps where digits are to come."""
    if expected is None:
        return [number_line(content, prefix)]
    after = f"{content.regime.number_separator()}{content.symbol}"
    return [prefix, *_gaps(NUMBER_FIELD, expected), after]


def _date_parts(content: DirectiveContent, expected: ExpectedDigits | None) -> list[object]:
    """The line of place and date as texts, and gaps where digits are to come."""
    if expected is None:
        return [place_date_line(content.place, content.issue_date, content.regime)]
    start = f"{content.place}, ngày " if content.place else "Ngày "
    day, month, year = _gaps(DATE_FIELD, expected)
    return [start, day, " tháng ", month, " năm ", year]


def _gaps(field: str, expected: ExpectedDigits) -> list[dict[str, object]]:
    digits = expected.by_field()[field]
    return [{"field": field, "index": at, "digits": count} for at, count in enumerate(digits)]


def day_words(day: date | None) -> str:
    """A date in words: "ngày 05 tháng 02 năm 2022", with dots where it is not known.

    Source: NĐ 30/2020 PL I II.4: a 0 before days below 10 and before months 1 and 2.
    """
    if day is None:
        return "ngày \u2026 tháng \u2026 năm \u2026\u2026"
    month = f"{day.month:02d}" if day.month in _PADDED_MONTHS else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def place_date_line(place: str, day: date | None, regime: Regime) -> str:
    """Place and date under the motto; both forms separate them with a comma."""
    del regime  # the same in both, so far as is known
    return f"{place}, {day_words(day)}" if place else day_words(day).capitalize()


def recipient_lines(lines: tuple[RecipientLine, ...], end_mark: str) -> list[str]:
    """Lines of "Nơi nhận" with their end marks; the last one ends with a full stop."""
    return _marked([line.raw for line in lines], end_mark)


def addressee_lines(addressees: tuple[str, ...]) -> list[str]:
    """Names after "Kính gửi:": one alone bears no mark, several end as a list does."""
    if len(addressees) == 1:
        return [addressees[0].strip().rstrip(_END_MARKS)]
    return _marked(addressees, ";")


def _marked(texts: Sequence[str], end_mark: str) -> list[str]:
    bare = [text.strip().rstrip(_END_MARKS).rstrip() for text in texts]
    return [f"{text}{end_mark}" for text in bare[:-1]] + [f"{text}." for text in bare[-1:]]


def archive_line(lines: tuple[RecipientLine, ...]) -> RecipientLine | None:
    """The line that says where the paper is kept."""
    return next((line for line in lines if line.role is RecipientRole.ARCHIVE), None)


def _urgency(word: str | None, rules: Mapping[str, RuleValue]) -> dict[str, object] | None:
    if not word:
        return None
    words, boxes = rules["urgency_words"], rules["urgency_boxes_mm"]
    sizes = dict(zip(map(str.casefold, _words(words)), _words(boxes), strict=True))
    match = _BOX_MM.match(sizes.get(word.casefold(), "40x8"))
    width, height = match.groups() if match else ("40", "8")
    return {"word": upper(word), "w_mm": float(width), "h_mm": float(height)}


def _words(value: RuleValue) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _blocks(blocks: tuple[Block, ...], level: int) -> list[dict[str, object]]:
    """Flattens sections into what stands on the page, one after the other."""
    shown: list[dict[str, object]] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            shown.append(_paragraph(block, ""))
        elif isinstance(block, Table):
            shown.append(_table(block))
        elif not block.label and not block.title:
            shown.extend(_blocks(block.blocks, level))
        elif block.title or not isinstance(next(iter(block.blocks), None), Paragraph):
            shown.append(
                {"kind": "heading", "level": level, "text": _heading(block.label, block.title)}
            )
            shown.extend(_blocks(block.blocks, level + 1))
        else:
            shown.extend(_run_in(block.label, block.blocks, level))
    return shown


def _run_in(label: str, blocks: tuple[Block, ...], level: int) -> list[dict[str, object]]:
    """A section without a title: its label opens its first paragraph."""
    first = blocks[0]
    opened = [_paragraph(first, label)] if isinstance(first, Paragraph) else []
    return [*opened, *_blocks(blocks[1:], level + 1)]


def _heading(label: str, title: str) -> str:
    return f"{label} {title}".strip()


def _paragraph(paragraph: Paragraph, label: str) -> dict[str, object]:
    text = _heading(label, paragraph.text)
    return {"kind": "paragraph", "text": text, "marks": (paragraph.mark or "").split()}


def _table(table: Table) -> dict[str, object]:
    return {
        "kind": "table",
        "caption": table.caption or "",
        "header": list(table.header),
        "rows": [list(row) for row in table.rows],
        "weights": column_weights(table.header, table.rows),
        "long": any(len(cell) > _CELL_MAX for row in table.rows for cell in row),
    }


def column_weights(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> list[float]:
    """Widths of columns in letters: of the longest text up to 48, never less than a word."""
    widths = []
    for column in range(len(header)):
        texts = [header[column], *(row[column] for row in rows)]
        word = max((len(word) for text in texts for word in text.split()), default=1)
        widths.append(float(max(min(max(map(len, texts)), 48), word, 4)))
    return widths


def _annex(annex: Annex, content: DirectiveContent, reference: str) -> dict[str, object]:
    return {
        "label": annex.label,
        "title": annex.title,
        "reference": annex_reference(content, filled=reference == "filled"),
        "body": _blocks(annex.blocks, 1),
    }


def annex_reference(content: DirectiveContent, *, filled: bool) -> str:
    """The line under an annex's title that names its paper."""
    number = content.number_text() if filled else None
    day = content.issue_date if filled else None
    name = content.doc_type if filled else "Văn bản"
    issuer = content.issuer if filled else "\u2026\u2026"
    return f"(Kèm theo {name} số {number or '……'} {day_words(day)} của {issuer})"


def _clean(value: object) -> object:
    """Composes every text and turns tabs and line ends, which no page shows, to spaces."""
    if isinstance(value, str):
        return re.sub(r"[\t\r\n\u00a0 ]+", _one_space, unicodedata.normalize("NFC", value))
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return {key: _clean(item) for key, item in value.items()} if isinstance(value, dict) else value


def _one_space(match: re.Match[str]) -> str:
    return "\u00a0" if "\u00a0" in match[0] else " "
