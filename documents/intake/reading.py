"""Read a whole paper: the steps, in order.

1. Clean the text and cut it into body, end block, signature records, annexes.
2. Header fields.
3. Signature records, then the signature block (a record gives the name its marks).
4. Issue date, else the day of the signature records, marked as inferred.
5. Body: sections, tasks, deadlines.
6. Recipients with roles, directory units, and what is left over.
7. Coverage: every word of the end block stands in a field or in `unresolved`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from documents.content import Regime
from documents.intake.citing import cited_papers
from documents.intake.closing import Closing, PieceKind, cut_closing
from documents.intake.coverage import uncovered
from documents.intake.duties import Duties, read_duties
from documents.intake.errors import TextTooLongError
from documents.intake.folding import UPPER, fold, is_damaged, is_upper
from documents.intake.header import Header, read_header
from documents.intake.matching import match_units
from documents.intake.paper import Block, Line, Paper, blocks_of, clean, take_apart
from documents.intake.parts import passages_of
from documents.intake.recipients import TaskUnits, core_of, read_recipient
from documents.intake.records import read_records
from documents.intake.restoring import Lexicon, official_lexicon, restore
from documents.intake.result import (
    CitedPaper,
    Field,
    FoundRecipient,
    FoundSigner,
    IntakeResult,
    KnownUnit,
    PhraseFinder,
    SignatureClaim,
    Unresolved,
)
from documents.intake.signer import CAPACITY, is_capacity_or_post, is_person, read_signer
from documents.intake.units import subject_units

_ORDERING = re.compile(
    r"\b(?:huong dan|yeu cau|de nghi|ban hanh|thong bao|chi dao|ket luan|trien khai)\b"
)
_LINES_BEFORE_CLOSING = 14
_NUMBER_LINE = 40
_LONG_LINE = 90
_LAST_LINES = 60
_Claims = tuple[Field[SignatureClaim], ...]


@dataclass(frozen=True, slots=True)
class _Context:
    paper: Paper
    damaged: bool
    lexicon: Lexicon


CHARACTERS_LIMIT = 250_000
"""About a hundred printed pages; reading takes time that grows with the text."""
LINES_LIMIT = 20_000


def read_text(
    text: str,
    *,
    directory: Sequence[KnownUnit],
    phrases: PhraseFinder,
    regime_hint: Regime | None = None,
) -> IntakeResult:
    """Read one paper from its text.

    Args:
        text: the text, typed, extracted or read by OCR.
        directory: units of the office; names damaged by OCR get their marks back from it. May be
            empty.
        phrases: finds deadline phrases in running text.
        regime_hint: form to take where the text does not show it.

    Raises:
        TextTooLongError: there is more text than a directive has.
    """
    _require_length(text)
    paper = take_apart(unicodedata.normalize("NFC", clean(text)))
    names = [name for unit in directory for name in (unit.name, *unit.aliases)]
    context = _Context(paper, is_damaged(paper.text), official_lexicon(names))
    header = _legible_header(read_header(paper.body), context)
    claims, left_records = read_records(paper.records)
    closing = cut_closing(paper.closing, [c.value.name for c in claims])
    signer = _signer(context, closing, claims)
    issue_date, doubts = _issue_date(header, claims)
    blocks = blocks_of(paper.body[header.body_at :])
    duties = read_duties(
        passages_of(blocks),
        phrases=phrases,
        issued=issue_date.value,
        lexicon=context.lexicon,
        damaged=context.damaged,
        addressees=[a.value for a in header.addressees],
    )
    recipients, left_names = _recipients(context, closing, duties, directory)
    symbol = header.symbol.value
    return IntakeResult(
        regime=_regime(header, signer, closing, regime_hint),
        number_full=Field(
            value=symbol.full if symbol else None,
            confidence=header.symbol.confidence,
            evidence=header.symbol.evidence,
        ),
        number=symbol.number if symbol else None,
        symbol=symbol.symbol if symbol else None,
        issue_date=issue_date,
        place=header.place,
        doc_type=header.doc_type,
        parent_issuer=header.parent_issuer,
        issuer=_issuer(header, blocks, context),
        title=header.title,
        addressees=header.addressees,
        cited=_legible_citations(cited_papers(_cited_in(header, blocks), symbol), context),
        sections=duties.sections,
        deadlines=duties.deadlines,
        recipients=recipients,
        signer=signer,
        signatures=claims,
        annexes=_annexes(paper),
        unresolved=(
            *doubts,
            *duties.unresolved,
            *closing.unresolved,
            *left_names,
            *left_records,
            *_missing(paper, closing),
            *_unread_number(header, paper),
            *uncovered(paper.closing, closing, recipients, signer),
        ),
    )


def _require_length(text: str) -> None:
    lines = text.count("\n") + 1
    if len(text) > CHARACTERS_LIMIT or lines > LINES_LIMIT:
        raise TextTooLongError(len(text), lines, (CHARACTERS_LIMIT, LINES_LIMIT))


def _unread_number(header: Header, paper: Paper) -> list[Unresolved]:
    """Show a line that looks like the number and could not be read."""
    if header.symbol.value is not None:
        return []
    lines = (line.text.strip() for line in paper.body[:15])
    why = "Dòng này có vẻ là số, ký hiệu nhưng chưa đọc được."
    return [
        Unresolved(text=text, where="number_full", why=why)
        for text in lines
        if re.match(r"[Ss]\S{0,2}\s*[:.]?\s*\d", text) and len(text) < _NUMBER_LINE
    ]


def _legible_header(header: Header, context: _Context) -> Header:
    """Give title, issuer and addressees of a damaged text their marks back."""
    if not context.damaged:
        return header

    def mended(found: Field[str | None]) -> Field[str | None]:
        if found.value is None:
            return found
        restored = restore(found.value, context.lexicon)
        return replace(
            found, value=restored.text, confidence=min(found.confidence, 0.4 + restored.share / 2)
        )

    return replace(
        header,
        title=mended(header.title),
        issuer=mended(header.issuer),
        parent_issuer=mended(header.parent_issuer),
        addressees=tuple(
            replace(a, value=restore(a.value, context.lexicon).text) for a in header.addressees
        ),
    )


def _signer(context: _Context, closing: Closing, claims: _Claims) -> Field[FoundSigner | None]:
    """Read the signature block; in two columns it may stand before the recipients."""
    lines = closing.signature
    if not any(is_upper(line) for line in lines):
        lines = [*_signature_before(context.paper.body), *lines]
    return read_signer(lines, claims, lexicon=context.lexicon, damaged=context.damaged)


def _signature_before(body: Sequence[Line]) -> list[str]:
    texts = [line.text.strip() for line in body[-_LINES_BEFORE_CLOSING:]]
    start = next((i for i, text in enumerate(texts) if _opens_signature(text)), None)
    if start is None:
        return []
    return [t for t in texts[start:] if is_capacity_or_post(t) or is_person(t)]


def _opens_signature(text: str) -> bool:
    return is_upper(text) and bool(CAPACITY.match(text) or is_capacity_or_post(text))


def _issue_date(
    header: Header, claims: _Claims
) -> tuple[Field[date | None], tuple[Unresolved, ...]]:
    """Take the date beside the place, else the one day of the signature records."""
    if header.issue_date.value is not None:
        return header.issue_date, ()
    days = {claim.value.at.date() for claim in claims if claim.value.at is not None}
    if len(days) == 1:
        evidence = " | ".join(claim.evidence for claim in claims)
        found: Field[date | None] = Field(value=days.pop(), confidence=0.5, evidence=evidence)
        why = "Không thấy dòng ngày ban hành; tạm lấy ngày của các chữ ký số trong văn bản."
        return found, (Unresolved(text=evidence, where="issue_date", why=why),)
    why = "Không thấy ngày ban hành trong văn bản."
    return header.issue_date, (
        Unresolved(text=header.issue_date.evidence, where="issue_date", why=why),
    )


def _regime(
    header: Header,
    signer: Field[FoundSigner | None],
    closing: Closing,
    hint: Regime | None,
) -> Field[Regime | None]:
    """Tell the form by mottoes or number, else by capacity line, else by the archive line."""
    if header.regime.value is not None:
        return header.regime
    capacity = signer.value.capacity if signer.value else None
    if capacity:
        regime = Regime.PARTY if "/" in capacity else Regime.STATE
        return Field(value=regime, confidence=0.8, evidence=capacity)
    archive = next((item.text for item in closing.items if item.is_archive), "")
    if ":" in archive:
        return Field(value=Regime.STATE, confidence=0.7, evidence=archive)
    return Field(value=hint, confidence=0.3 if hint else 0.0, evidence="")


def _issuer(header: Header, blocks: Sequence[Block], context: _Context) -> Field[str | None]:
    """Take the issuer above the number, else who orders in the opening: "Sở Nội vụ đề nghị …"."""
    if header.issuer.value is not None:
        return header.issuer
    for block in blocks[:6]:
        text = restore(block.text, context.lexicon).text if context.damaged else block.text
        name = _who_orders(text)
        if name:
            return Field(value=name, confidence=0.7, evidence=name)
    return header.issuer


def _who_orders(text: str) -> str | None:
    folded = fold(text)
    if len(folded) != len(text):
        return None
    for order in _ORDERING.finditer(folded):
        clause = re.split(rf"[;.]\s+|,\s+(?=[{UPPER}])", text[: order.start()])[-1].strip()
        if ", ".join(subject_units(f"{clause} thực hiện")) == clause:
            return clause
    return None


def _cited_in(header: Header, blocks: Sequence[Block]) -> list[Block]:
    title = header.title.evidence
    return [*([Block(title, 0, 0)] if title else []), *blocks]


def _legible_citations(
    cited: tuple[Field[CitedPaper], ...], context: _Context
) -> tuple[Field[CitedPaper], ...]:
    """Give the issuers of cited papers their marks back."""
    if not context.damaged:
        return cited
    return tuple(
        replace(c, value=replace(c.value, issuer=restore(c.value.issuer, context.lexicon).text))
        if c.value.issuer
        else c
        for c in cited
    )


def _recipients(
    context: _Context,
    closing: Closing,
    duties: Duties,
    directory: Sequence[KnownUnit],
) -> tuple[tuple[Field[FoundRecipient], ...], list[Unresolved]]:
    """Read the recipient lines and match them with the directory."""
    named = [u for section in duties.sections for task in section.tasks for u in task.units]
    named += [u for d in duties.deadlines for u in d.value.units]
    tasks = TaskUnits(names=tuple(dict.fromkeys(named)))
    found: list[Field[FoundRecipient]] = []
    left: list[Unresolved] = []
    for item in closing.items:
        recipient = read_recipient(item, tasks, lexicon=context.lexicon, damaged=context.damaged)
        if directory and recipient.value.role.value not in {"archive", "as_above", "as_article"}:
            match = match_units(core_of(recipient.value.raw), directory)
            recipient = replace(recipient, value=replace(recipient.value, units=match.units))
            left += match.unresolved
        found.append(recipient)
    return tuple(found), left


def _annexes(paper: Paper) -> tuple[Field[str], ...]:
    if not paper.annexes:
        return ()
    heading = paper.annexes[0].text.strip()
    whole = "\n".join(line.text for line in paper.annexes).strip()
    return (Field(value=heading, confidence=0.8, evidence=whole),)


def _missing(paper: Paper, closing: Closing) -> list[Unresolved]:
    """Say that there is no list, and show the lines that may have been one."""
    if paper.closing and closing.items:
        return []
    if paper.closing:
        why = "Có mục “Nơi nhận” nhưng không đọc được dòng nào."
        text = "\n".join(p for kind, p in closing.pieces if kind is not PieceKind.FURNITURE)
    else:
        why = "Không tìm thấy mục “Nơi nhận” trong văn bản."
        text = "\n".join(line.text.strip() for line in _last_lines(paper.body))
    return [Unresolved(text=text, where="recipients", why=why)]


def _last_lines(body: Sequence[Line]) -> list[Line]:
    """Return what follows the last long paragraph: where a list would stand."""
    kept: list[Line] = []
    for line in reversed(body):
        if len(line.text) > _LONG_LINE or len(kept) >= _LAST_LINES:
            break
        if not line.is_blank:
            kept.insert(0, line)
    return kept
