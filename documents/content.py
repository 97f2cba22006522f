"""What a directive says, apart from how its page looks.

The content is what people draft, check and approve. It is kept as JSON (`to_json`, `from_json`) and
set as a page by `documents.render`. Texts are never code: they are shown as they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from documents.errors import ContentError

_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)
_MAX_DEPTH = 12  # deeper than any paper; holds against hostile nesting


class Regime(StrEnum):
    """Form (thể thức) that a directive follows."""

    PARTY = "party"
    """Source: Hướng dẫn 36-HD/VPTW, 03/4/2018."""
    STATE = "state"
    """Source: Nghị định 30/2020/NĐ-CP."""

    def number_separator(self) -> str:
        """The sign between number and symbol under this form."""
        return "-" if self is Regime.PARTY else "/"


class RecipientRole(StrEnum):
    """Why a unit is on the recipient list. Source: NĐ 30/2020 PL I II.9."""

    ACTION = "action"
    REPORT = "report"
    KNOW = "know"
    ARCHIVE = "archive"
    AS_ABOVE = "as_above"
    AS_ARTICLE = "as_article"
    UNMARKED = "unmarked"


def is_as_above(raw: str) -> bool:
    """Tells whether a printed line of recipients says only that it means those addressed."""
    return raw.strip(" .;").casefold() in {"như trên", "như kính gửi"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientLine:
    """One line of "Nơi nhận"."""

    raw: str
    """As printed, without the dash before it and the mark that ends it."""
    role: RecipientRole
    group: bool
    """Whether the line names a group ("các sở, ban, ngành") rather than units."""

    def is_as_above(self) -> bool:
        """Tells whether the line stands for those addressed, chosen as that or so written."""
        return self.role is RecipientRole.AS_ABOVE or is_as_above(self.raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph of the body."""

    text: str
    mark: str | None = None
    """Label of a task sentence ("III.2", "R1"), so that its place on the page can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table in the body; every row has as many cells as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A labelled part of the body; parts nest."""

    label: str
    """As printed: "I.", "1.", "a)"."""
    title: str
    blocks: tuple["Block", ...]


Block = Paragraph | Table | Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Annex:
    """An annex in the same file, on pages of its own."""

    label: str
    """As printed: "Phụ lục I"."""
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureBlock:
    """Who signs, and with which authority."""

    capacity_lines: tuple[str, ...]
    """As printed, one a line: "K/T TRƯỞNG BAN"; empty when the head signs in his own name."""
    position: str
    """As printed: "PHÓ TRƯỞNG BAN THƯỜNG TRỰC"."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveContent:
    """The whole content of a directive, from its header to its annexes."""

    regime: Regime
    doc_type: str
    """Name of the type: "Hướng dẫn"; "Công văn" for a letter, which prints no type name."""
    parent_issuer: str
    """Superior body of the issuer, empty if it has none on the page."""
    issuer: str
    symbol: str
    """What follows the number: "HD/BTGTU" (Party), "QĐ-BNV" (State)."""
    number: int | None = None
    """None until the registry clerk has taken it."""
    place: str
    issue_date: date | None = None
    title: str
    """Trích yếu, without "V/v"."""
    addressees: tuple[str, ...] = ()
    """Kính gửi, one body each."""
    opening: tuple[Paragraph, ...] = ()
    sections: tuple[Section, ...] = ()
    closing: tuple[Paragraph, ...] = ()
    recipients: tuple[RecipientLine, ...] = ()
    signature: SignatureBlock
    annexes: tuple[Annex, ...] = ()
    urgency: str | None = None
    """"Hoả tốc", "Thượng khẩn", "Khẩn", or None."""
    secrecy: str | None = None
    """Kept only so that it can be refused: secret papers do not enter this system."""
    notice: str | None = None
    """A line for the margin of every page, such as that of a trial certificate."""

    def number_text(self) -> str | None:
        """Number and symbol as printed: "96-HD/BTGTU", "07/QĐ-BNV"; None without a number.

        Source: HD 36-HD/VPTW II.1.3 ("-" after the number); NĐ 30/2020 PL I II.3 ("/" after the
        number); both put a 0 before numbers below 10.
        """
        if self.number is None:
            return None
        return f"{self.number:02d}{self.regime.number_separator()}{self.symbol}"

    def is_letter(self) -> bool:
        """Whether this is a công văn, which carries "V/v" instead of a type and title."""
        return self.doc_type.strip().casefold() == "công văn"


def to_json(content: DirectiveContent) -> dict[str, object]:
    """Gives the content as plain JSON values; `from_json` reads it back equal."""
    value = _plain(content)
    if not isinstance(value, dict):  # pragma: no cover - a dataclass always becomes a dict
        raise ContentError("content", "không phải một đối tượng")
    return value


def from_json(data: Mapping[str, object]) -> DirectiveContent:
    """Reads content that `to_json` wrote, or that a form sent.

    Raises:
        ContentError: a field is missing, unknown, of the wrong kind, or nested too deep; the
            error names its place.
    """
    reader = _Reader(data, "")
    reader.only(DirectiveContent)
    return DirectiveContent(
        regime=reader.choice("regime", Regime),
        doc_type=reader.text("doc_type"),
        parent_issuer=reader.text("parent_issuer", ""),
        issuer=reader.text("issuer"),
        symbol=reader.text("symbol"),
        number=reader.number("number"),
        place=reader.text("place", ""),
        issue_date=reader.day("issue_date"),
        title=reader.text("title"),
        addressees=reader.texts("addressees"),
        opening=reader.each("opening", _paragraph),
        sections=reader.each("sections", _section),
        closing=reader.each("closing", _paragraph),
        recipients=reader.each("recipients", _recipient),
        signature=_signature(reader.inner("signature")),
        annexes=reader.each("annexes", _annex),
        urgency=reader.optional_text("urgency"),
        secrecy=reader.optional_text("secrecy"),
        notice=reader.optional_text("notice"),
    )


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        if isinstance(value, Paragraph | Table | Section):
            return {"kind": type(value).__name__.lower(), **plain}
        return plain
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


class _Reader:
    """Reads one JSON object and knows its place, for the errors."""

    def __init__(self, data: object, place: str, depth: int = 0) -> None:
        if depth > _MAX_DEPTH:
            raise ContentError(place, f"lồng nhau quá {_MAX_DEPTH} cấp")
        if not isinstance(data, Mapping):
            raise ContentError(place or "content", "phải là một đối tượng JSON")
        self._data: Mapping[str, object] = data
        self._place = place
        self._depth = depth

    def at(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

    def only(self, shape: type, *more: str) -> None:
        """Refuses names that the shape does not have: a misspelt field must not vanish."""
        known = {field.name for field in fields(shape)} | set(more)
        for key in self._data:
            if key not in known:
                raise ContentError(self.at(str(key)), "trường không có trong cấu trúc")

    def text(self, key: str, default: str | None = None) -> str:
        value = self._data.get(key, default)
        if not isinstance(value, str):
            raise ContentError(self.at(key), "phải là chuỗi ký tự")
        return value

    def optional_text(self, key: str) -> str | None:
        return None if self._data.get(key) is None else self.text(key)

    def flag(self, key: str) -> bool:
        value = self._data.get(key, False)
        if not isinstance(value, bool):
            raise ContentError(self.at(key), "phải là đúng hoặc sai")
        return value

    def number(self, key: str) -> int | None:
        value = self._data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ContentError(self.at(key), "phải là số nguyên từ 1")
        return value

    def day(self, key: str) -> date | None:
        if self._data.get(key) is None:
            return None
        try:
            return date.fromisoformat(self.text(key))
        except ValueError as err:
            raise ContentError(self.at(key), "phải là ngày dạng 2022-09-21") from err

    def choice(self, key: str, kind: type[_E]) -> _E:
        value = self.text(key)
        try:
            return kind(value)
        except ValueError as err:
            raise ContentError(self.at(key), f"phải là một trong: {', '.join(kind)}") from err

    def inner(self, key: str) -> "_Reader":
        return _Reader(self._data.get(key), self.at(key), self._depth + 1)

    def items(self, key: str) -> list[object]:
        value = self._data.get(key, ())
        if not isinstance(value, list | tuple):
            raise ContentError(self.at(key), "phải là một danh sách")
        return list(value)

    def texts(self, key: str) -> tuple[str, ...]:
        items = self.items(key)
        for index, item in enumerate(items):
            if not isinstance(item, str):
                raise ContentError(f"{self.at(key)}[{index}]", "phải là chuỗi ký tự")
        return tuple(str(item) for item in items)

    def grid(self, key: str) -> tuple[tuple[str, ...], ...]:
        rows = enumerate(self.items(key))
        return tuple(_Reader({"row": row}, f"{self.at(key)}[{n}]").texts("row") for n, row in rows)

    def each(self, key: str, make: Callable[["_Reader"], _T]) -> tuple[_T, ...]:
        return tuple(
            make(_Reader(item, f"{self.at(key)}[{index}]", self._depth + 1))
            for index, item in enumerate(self.items(key))
        )


def _paragraph(reader: _Reader) -> Paragraph:
    reader.only(Paragraph, "kind")
    return Paragraph(text=reader.text("text"), mark=reader.optional_text("mark"))


def _table(reader: _Reader) -> Table:
    reader.only(Table, "kind")
    header = reader.texts("header")
    rows = reader.grid("rows")
    for index, row in enumerate(rows):
        if len(row) != len(header):
            raise ContentError(f"{reader.at('rows')}[{index}]", f"phải có {len(header)} ô")
    return Table(header=header, rows=rows, caption=reader.optional_text("caption"))


def _section(reader: _Reader) -> Section:
    reader.only(Section, "kind")
    return Section(
        label=reader.text("label", ""),
        title=reader.text("title", ""),
        blocks=reader.each("blocks", _block),
    )


def _block(reader: _Reader) -> Block:
    makers: dict[str, Callable[[_Reader], Block]] = {
        "paragraph": _paragraph,
        "table": _table,
        "section": _section,
    }
    kind = reader.text("kind")
    if kind not in makers:
        raise ContentError(reader.at("kind"), f"phải là một trong: {', '.join(makers)}")
    return makers[kind](reader)


def _annex(reader: _Reader) -> Annex:
    reader.only(Annex)
    return Annex(
        label=reader.text("label"), title=reader.text("title"), blocks=reader.each("blocks", _block)
    )


def _recipient(reader: _Reader) -> RecipientLine:
    reader.only(RecipientLine)
    return RecipientLine(
        raw=reader.text("raw"),
        role=reader.choice("role", RecipientRole),
        group=reader.flag("group"),
    )


def _signature(reader: _Reader) -> SignatureBlock:
    reader.only(SignatureBlock)
    return SignatureBlock(
        capacity_lines=reader.texts("capacity_lines"),
        position=reader.text("position"),
        name=reader.text("name"),
    )
