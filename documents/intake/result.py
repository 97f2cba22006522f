"""What the reader hands over: fields with their evidence, and what it did not understand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from documents.content import RecipientRole, Regime

T_co = TypeVar("T_co", covariant=True)


class FoundPhrase(Protocol):
    """One deadline phrase, as the room of deadlines finds it."""

    @property
    def start(self) -> int:
        """First character in the text."""
        ...

    @property
    def end(self) -> int:
        """One past the last character."""
        ...

    @property
    def raw(self) -> str:
        """The words."""
        ...

    @property
    def kind(self) -> str:
        """How it sets its time."""
        ...

    @property
    def due(self) -> date | None:
        """End of the named stretch."""
        ...

    @property
    def named_date(self) -> date | None:
        """The day it names."""
        ...

    @property
    def inclusive(self) -> bool | None:
        """Whether that day counts."""
        ...

    @property
    def last_allowed_day(self) -> date | None:
        """Last day in time."""
        ...

    @property
    def frequency(self) -> str | None:
        """How often."""
        ...

    @property
    def condition(self) -> str | None:
        """What it waits for."""
        ...


class PhraseFinder(Protocol):
    """Finds deadline phrases in running text."""

    def __call__(self, text: str, /, *, issued: date | None) -> Sequence[FoundPhrase]:
        """Return the phrases of a text in reading order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownUnit:
    """One unit or group of the office's directory."""

    id: str
    """Identifier in the directory."""
    name: str
    """Full name with its marks."""
    aliases: tuple[str, ...] = ()
    """Other names and abbreviations in use."""
    group: bool = False
    """Whether it stands for several units ("các sở, ban, ngành tỉnh")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Generic[T_co]):
    """One value with how sure the reader is and what it was read from."""

    value: T_co
    """The value."""
    confidence: float
    """0 to 1; 0 where nothing was found."""
    evidence: str
    """The words of the source; empty where the value was not read from the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A piece that a person must look at."""

    text: str
    """The words of the source."""
    where: str
    """The part of the paper: `recipients`, `deadlines`, `signer`, `issue_date`, `end`."""
    why: str
    """Vietnamese: why it was not understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecipient:
    """One line of the recipient block."""

    raw: str
    """The line without its dash and end mark; marks restored where the words are known."""
    role: RecipientRole
    """Why the unit is on the list."""
    role_basis: str
    """`marker` (words of the line), `task` (a task names the unit) or `none`."""
    group: bool
    """Whether it names a group."""
    units: tuple[str, ...] = ()
    """Identifiers of the directory's units that the line names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDeadline:
    """One deadline with who owes what."""

    label: str
    """The part it stands in ("III.2"); empty outside of parts."""
    units: tuple[str, ...]
    """Who owes it, in the words of the paper."""
    what: str
    """The sentence it stands in."""
    phrase: FoundPhrase
    """The phrase."""
    raw: str
    """The words of the phrase; marks restored where the words are known."""
    is_report: bool
    """Whether a report is owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTask:
    """One numbered part that gives units something to do."""

    label: str
    """Number in the paper: "III.2"."""
    title: str
    """Heading of the part."""
    units: tuple[str, ...]
    """Who has to act, in the words of the paper."""
    text: str
    """The words of the part, marks as they stand in the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSection:
    """One section with its parts."""

    label: str
    """"I", "II" … by order; empty where the paper has no sections."""
    title: str
    """Its heading."""
    tasks: tuple[FoundTask, ...]
    """Its numbered parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedPaper:
    """A paper that this one cites."""

    number_full: str
    """Number and symbol, without stray spaces."""
    doc_type: str | None
    """Kind of paper."""
    issued: date | None
    """Its date."""
    issuer: str | None
    """Who issued it, in the words of the paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSigner:
    """The block above and below the officer's signature."""

    capacity: str | None
    """As printed, several joined by `+`: "K/T", "TM.+KT."."""
    on_behalf_of: str | None
    """The post in whose place the officer signs."""
    on_behalf_of_body: str | None
    """The body in whose name the officer signs."""
    position: str | None
    """The officer's own post."""
    name: str | None
    """The officer's name."""


class HolderKind(StrEnum):
    """Whose signature record it seems to be."""

    PERSON = "person"
    ORGANISATION = "organization"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureClaim:
    """What the text says of a signature. A claim only: it proves nothing."""

    kind: HolderKind
    """Person or organisation, as far as the name shows."""
    name: str
    """Name of the signer."""
    email: str
    """Address of the signer."""
    at: datetime | None
    """Claimed time, aware."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeResult:
    """Everything that was read from one paper."""

    regime: Field[Regime | None]
    """Party or state form."""
    number_full: Field[str | None]
    """Number and symbol: "96-HD/BTGTU"."""
    number: int | None
    """The number alone."""
    symbol: str | None
    """The symbol alone: "HD/BTGTU"."""
    issue_date: Field[date | None]
    """Issue date."""
    place: Field[str | None]
    """Place of issue."""
    doc_type: Field[str | None]
    """Kind of paper."""
    parent_issuer: Field[str | None]
    """Body above the issuer."""
    issuer: Field[str | None]
    """Who issues it."""
    title: Field[str | None]
    """Trích yếu."""
    addressees: tuple[Field[str], ...]
    """Lines of "Kính gửi"."""
    cited: tuple[Field[CitedPaper], ...]
    """Papers it cites, once each."""
    sections: tuple[FoundSection, ...]
    """Sections with their numbered parts."""
    deadlines: tuple[Field[FoundDeadline], ...]
    """Deadlines in reading order."""
    recipients: tuple[Field[FoundRecipient], ...]
    """Lines of "Nơi nhận", in order."""
    signer: Field[FoundSigner | None]
    """The signature block."""
    signatures: tuple[Field[SignatureClaim], ...]
    """Signature records in the text."""
    annexes: tuple[Field[str], ...] = ()
    """Headings of annexes after the signature."""
    unresolved: tuple[Unresolved, ...] = field(default_factory=tuple)
    """What a person must look at."""

    def to_json(self) -> dict[str, object]:
        """Return the published shape: fields with evidence, lists with the two keys added."""
        return {
            "system": _field(self.regime),
            "number_full": _field(self.number_full),
            "number": self.number,
            "symbol": self.symbol,
            "issue_date": _field(self.issue_date),
            "place": _field(self.place),
            "doc_type": _field(self.doc_type),
            "parent_issuer": _field(self.parent_issuer),
            "issuer": _field(self.issuer),
            "title": _field(self.title),
            "addressees": [_field(a) for a in self.addressees],
            "legal_basis": [_item(c, _cited(c.value)) for c in self.cited],
            "sections": [_section(s) for s in self.sections],
            "deadlines": [_item(d, _deadline(d.value)) for d in self.deadlines],
            "recipients": [_item(r, _recipient(r.value)) for r in self.recipients],
            "signer": _signer(self.signer),
            "signatures": [_item(s, _claim(s.value)) for s in self.signatures],
            "annexes": [_field(a) for a in self.annexes],
            "unresolved": [
                {"text": u.text, "where": u.where, "why": u.why} for u in self.unresolved
            ],
        }


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):  # datetime is a date too
        return value.isoformat()
    return value


def _field(found: Field[object]) -> dict[str, object]:
    return {
        "value": _plain(found.value),
        "confidence": round(found.confidence, 2),
        "evidence": found.evidence,
    }


def _item(found: Field[object], facts: Mapping[str, object]) -> dict[str, object]:
    return {
        **{key: _plain(value) for key, value in facts.items()},
        "confidence": round(found.confidence, 2),
        "evidence": found.evidence,
    }


def _cited(paper: CitedPaper) -> dict[str, object]:
    return {
        "number_full": paper.number_full,
        "doc_type": paper.doc_type,
        "date": paper.issued,
        "issuer": paper.issuer,
    }


def _section(section: FoundSection) -> dict[str, object]:
    tasks = [
        {"id": t.label, "title": t.title, "units": list(t.units), "what": t.text}
        for t in section.tasks
    ]
    return {"label": section.label, "title": section.title, "tasks": tasks}


_PHRASE_FACTS = (
    "due",
    "named_date",
    "inclusive",
    "last_allowed_day",
    "frequency",
    "condition",
)


def _deadline(found: FoundDeadline) -> dict[str, object]:
    phrase = found.phrase
    facts: dict[str, object] = {
        "id": found.label,
        "units": list(found.units),
        "what": found.what,
        "deadline_raw": found.raw,
        "kind": str(phrase.kind),
        "report": found.is_report,
    }
    more = {name: getattr(phrase, name) for name in _PHRASE_FACTS}
    # Yearly and monthly days, and starts, are told where the finder knows them.
    for name, key in (("calendar_day", "date"), ("range_start", "from"), ("problem", "problem")):
        more[key] = getattr(phrase, name, None)
    facts.update({key: value for key, value in more.items() if value is not None})
    return facts


def _recipient(found: FoundRecipient) -> dict[str, object]:
    facts: dict[str, object] = {
        "raw": found.raw,
        "role": found.role,
        "role_basis": found.role_basis,
        "group": found.group,
    }
    if found.units:
        facts["members"] = list(found.units)
    return facts


def _signer(found: Field[FoundSigner | None]) -> dict[str, object]:
    signer = found.value
    value: dict[str, object] | None = None
    if signer is not None:
        value = {
            "capacity": signer.capacity,
            "on_behalf_of": signer.on_behalf_of,
            "on_behalf_of_body": signer.on_behalf_of_body,
            "position": signer.position,
            "name": signer.name,
        }
    return {
        "value": value,
        "confidence": round(found.confidence, 2),
        "evidence": found.evidence,
    }


def _claim(claim: SignatureClaim) -> dict[str, object]:
    return {"role": claim.kind, "name": claim.name, "email": claim.email, "date": claim.at}
