"""Setting a directive as a page: PDF/A-2b through Typst, the same bytes for the same input.

The typesetter also says where things came to stand: the two boxes for the signatures, and each
marked task sentence, so that the portal can point at it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from documents.content import DirectiveContent
from documents.layout import page_data
from documents.paper_code import PaperCode, code_data
from documents.places import ExpectedDigits, Gap, OpenPlace
from documents.regimes import rules_for
from documents.regimes.rules import RegimeRules, RuleValue
from documents.typesetting import Typesetting
from documents.wording import VIETNAM

PAGE_HEIGHT_PT = 841.89
"""Height of A4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldBox:
    """Where a signature field stands; origin at the TOP left, lengths in points."""

    name: str
    page: int
    """From 1."""
    x_pt: float
    y_pt: float
    w_pt: float
    h_pt: float
    page_height_pt: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a marked task sentence stands; origin at the top, in points."""

    label: str
    page: int
    """Page of its first line, from 1."""
    y_pt: float
    """Top of its first line."""
    end_page: int
    """Page of its last line, from 1."""
    end_y_pt: float
    """Bottom of its last line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedDocument:
    """A document and what is known about it."""

    pdf: bytes
    boxes: tuple[FieldBox, ...]
    """The officer's box, then that of the seal."""
    places: tuple[OpenPlace, ...] = ()
    """Number, then date, where they are left open; else none."""
    marks: tuple[Mark, ...]
    """In the order of the pages."""
    pages: int
    made_with: dict[str, str]
    """Versions and SHA-256 of everything that shaped the bytes; kept with the document."""


def render(
    content: DirectiveContent,
    *,
    at: datetime,
    fonts: Path,
    rules: RegimeRules | None = None,
    expected: ExpectedDigits | None = None,
    code: PaperCode | None = None,
) -> RenderedDocument:
    """Sets a directive on A4; the same arguments give the same bytes on every machine.

    `at` (aware) is the instant of the revision and is written into the file; `fonts` is the folder
    of Tinos; `rules` default to those of the content's form. With `expected`, number and date are
    left as empty places for so many digits, whatever the content says of them. A `code` is printed
    with its QR in the bottom margin of the page with the signature; nothing else moves.

    Raises:
        RenderError: the typesetter refused, for instance a character that the font lacks.
        NoRuleError: the form has no rules in force on the day of the document.
    """
    in_force = _in_force(content, at, rules)
    if expected is not None:
        content = replace(content, number=None, issue_date=None)
    data = {**page_data(content, in_force, expected), "code": code_data(code)}
    setting = Typesetting("directive.typ", data, fonts=fonts)
    pdf = setting.pdf(at)
    known = json.dumps(dict(in_force), ensure_ascii=False, sort_keys=True).encode()
    return RenderedDocument(
        pdf=pdf,
        boxes=tuple(_box(found) for found in setting.found("field-box")),
        places=_places(setting.found("digit-gap")) if expected is not None else (),
        marks=_marks(setting.found("task-mark")),
        pages=int(str(setting.found("page-count")[-1])),
        made_with={
            **setting.made_with(at),
            "regime": content.regime.value,
            "rules": hashlib.sha256(known).hexdigest(),
        },
    )


def render_pages(
    content: DirectiveContent,
    *,
    at: datetime,
    fonts: Path,
    ppi: float = 96,
    rules: RegimeRules | None = None,
) -> list[bytes]:
    """Sets each page as a PNG, as a preview of what `render` makes.

    Raises:
        RenderError: the typesetter refused.
        NoRuleError: the form has no rules in force on the day of the document.
    """
    in_force = _in_force(content, at, rules)
    data = {**page_data(content, in_force), "code": None}
    return Typesetting("directive.typ", data, fonts=fonts).images(ppi)


def _in_force(
    content: DirectiveContent, at: datetime, rules: RegimeRules | None
) -> Mapping[str, RuleValue]:
    """The rules of the day of the document, or of the day of setting while it has none."""
    day = content.issue_date or at.astimezone(VIETNAM).date()
    return (rules or rules_for(content.regime)).values(day)


def _box(found: Mapping[str, object]) -> FieldBox:
    return FieldBox(
        name=str(found["name"]),
        page=int(_float(found["page"])),
        x_pt=_float(found["x"]),
        y_pt=_float(found["y"]),
        w_pt=_float(found["w"]),
        h_pt=_float(found["h"]),
        page_height_pt=PAGE_HEIGHT_PT,
    )


def _places(found: list[dict[str, object]]) -> tuple[OpenPlace, ...]:
    """The gaps of each field; those of the number stand before those of the date."""
    fields: dict[str, list[dict[str, object]]] = {}
    for item in found:
        fields.setdefault(str(item["field"]), []).append(item)
    return tuple(
        OpenPlace(
            name=name,
            gaps=tuple(map(_gap, sorted(items, key=lambda item: int(_float(item["index"]))))),
            size_pt=_float(items[0]["size"]),
            italic=bool(items[0]["italic"]),
            page_height_pt=PAGE_HEIGHT_PT,
        )
        for name, items in fields.items()
    )


def _gap(found: Mapping[str, object]) -> Gap:
    return Gap(
        page=int(_float(found["page"])),
        x_pt=_float(found["x"]),
        baseline_pt=_float(found["y"]),
        digits=int(_float(found["digits"])),
    )


def _marks(found: list[dict[str, object]]) -> tuple[Mark, ...]:
    """Joins the two ends of each marked sentence; they come in the order of the page."""
    opened: dict[str, Mapping[str, object]] = {}
    marks: list[Mark] = []
    for item in found:
        label = str(item["label"])
        if item["end"]:
            marks.append(_mark(opened.pop(label), item))
        else:
            opened[label] = item
    return tuple(marks)


def _mark(start: Mapping[str, object], end: Mapping[str, object]) -> Mark:
    return Mark(
        label=str(start["label"]),
        page=int(_float(start["page"])),
        y_pt=_float(start["y"]),
        end_page=int(_float(end["page"])),
        end_y_pt=_float(end["y"]),
    )


def _float(value: object) -> float:
    return round(float(str(value)), 2)
