"""Papers from outside that others have signed: taken in, judged on arrival, signed by us as well.

    take_outside(desk, actor, …)   judged; kept as it came; given a field for each of our signatures
    actions.paper_signing          `sign_paper` by the officer or the clerk, with a PIN;
                                   `complete_paper` by the machine

What our judge said on arrival stays with the row, and so does a paper that cannot be signed, with
the reason: it came, and somebody may ask what was in it.
"""

import uuid
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from sqlalchemy.orm import Session

from actions.access import ROLE_WORDS, roles_on
from actions.auditing import Actor
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, NotAuthorisedError, Problem, UnavailableError
from actions.offices import office_facts
from actions.paper_rows import PREPARED, REFUSED, SUBJECT, get_paper, waiting_file
from actions.trying import looking, trying
from models.officer import Role
from models.paper import Paper
from signing.fields import SignatureFieldBox
from signing.outcome import VerificationReport, sentence
from signing.outside import (
    AGENCY_FIELD,
    APPROVAL_FIELD,
    OutsideRefusedError,
    compare_unsigned,
    open_field,
    survey,
)
from signing.report import to_json
from signing.request import SignatureKind
from signing.verdict import Verdict
from signing.words import JUDGE_FAULTS

FOREIGN: Final = "foreign"
"""Kind of these papers."""

_FIELDS: Final = {SignatureKind.APPROVAL: APPROVAL_FIELD, SignatureKind.SEAL: AGENCY_FIELD}
_LONGEST_NAME: Final = 200
_APART_PT: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideOrder:
    """What is to be done with a paper that came."""

    name: str
    """How people call it."""
    kinds: tuple[SignatureKind, ...] = (SignatureKind.APPROVAL,)
    """Our signatures, in their order: `approval` by an officer, `seal` by the clerk."""
    box: SignatureFieldBox | None = None
    """Where the first of them is to be seen, the next one beside it; None for nowhere."""
    into: str | None = None
    """An empty field that the paper brings, for the first of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPaper:
    """What became of a paper that came."""

    id: uuid.UUID
    verdict: str
    """What our judge said of it on arrival."""
    sentence: str
    refusal: str = ""
    """Why it cannot be signed; empty where it waits for our signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPaper:
    """A paper from outside as it stands."""

    name: str
    state: str
    source_sha256: str
    waiting_sha256: str | None
    """What the next signature is made upon; to be looked at before it is made."""
    signed_sha256: str | None
    fields: dict[str, str]
    verification: dict[str, Any]
    refusal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    pdf: bytes | None
    details: dict[str, Any]


def take_outside(desk: Desk, actor: Actor, pdf: bytes, order: OutsideOrder) -> TakenPaper:
    """Takes a paper in, and makes it ready for our signatures where it can take them.

    Args:
        desk: the tools.
        actor: a registry clerk or a signatory of the office.
        pdf: a stranger's file; judged in a sandboxed child before anything else reads it.
        order: what is to be done with it.

    Raises:
        NotAuthorisedError: the actor is neither.
        InvalidInputError: no name, or a file that is too large.
        UnavailableError: the judge or the archive failed; nothing was kept.
    """
    with looking(desk, actor, "take_paper", kind=SUBJECT) as deed:
        _require_right(deed.session, deed)
        _require_input(desk, pdf, order)
    with trying(desk, actor, "take_paper", subject="", kind=SUBJECT):
        report = _judged(desk, pdf, order.name)
        made = _prepare(desk, pdf, order, report)
        source = desk.archive.put(pdf)
        prepared = desk.archive.put(made.pdf) if made.pdf is not None else None
    with doing(desk, actor, "take_paper", kind=SUBJECT) as deed:
        paper = _row(deed, order, made, source, prepared)
        paper.verification = to_json(report)
        deed.session.add(paper)
        deed.session.flush()
        deed.subject_id = str(paper.id)
        deed.detail |= {
            "name": paper.name,
            "source_sha256": source,
            "verdict": report.verdict.value,
            "state": paper.state,
            **made.details,
        }
        return TakenPaper(
            id=paper.id,
            verdict=report.verdict.value,
            sentence=sentence(report),
            refusal=made.details.get("refusal", ""),
        )


def show_outside(desk: Desk, actor: Actor, paper_id: uuid.UUID) -> SeenPaper:
    """Returns a paper from outside as it stands, with what was found on arrival.

    Raises:
        NotFoundError: there is none.
        NotAuthorisedError: the actor is neither clerk nor signatory of the office.
    """
    with looking(desk, actor, "show_paper", subject=paper_id, kind=SUBJECT) as deed:
        _require_right(deed.session, deed)
        paper = get_paper(deed.session, paper_id)
        return SeenPaper(
            name=paper.name,
            state=paper.state,
            source_sha256=paper.source_sha256,
            waiting_sha256=waiting_file(paper) if paper.state == PREPARED else None,
            signed_sha256=paper.signed_sha256,
            fields=dict(paper.details.get("fields", {})),
            verification=dict(paper.verification or {}),
            refusal=paper.details.get("refusal", ""),
        )


def _require_right(session: Session, deed: Deed) -> None:
    organisation_id = office_facts(session).organisation_id
    held = (
        roles_on(session, deed.actor.id, organisation_id, deed.day)
        if deed.actor.kind == "officer"
        else frozenset()
    )
    if not held & {Role.REGISTRY_CLERK, Role.SIGNATORY}:
        needed = f"{ROLE_WORDS[Role.REGISTRY_CLERK]} hoặc {ROLE_WORDS[Role.SIGNATORY]}"
        raise NotAuthorisedError(deed.actor.name, "tiếp nhận văn bản đến để ký", needed)


def _require_input(desk: Desk, pdf: bytes, order: OutsideOrder) -> None:
    problems = []
    if not order.name.strip() or len(order.name) > _LONGEST_NAME:
        reason = f"Ghi tên văn bản, tối đa {_LONGEST_NAME} chữ."
        problems.append(Problem(place="Tên văn bản", reason=reason))
    if not order.kinds or not set(order.kinds) <= set(_FIELDS):
        reason = "Chọn chữ ký của lãnh đạo (approval), dấu của cơ quan (seal) hoặc cả hai."
        problems.append(Problem(place="Loại chữ ký", reason=reason))
    if len(pdf) > desk.size_limit_bytes:
        reason = f"Tệp lớn hơn giới hạn {desk.size_limit_bytes >> 20} MB. Xin bản nhẹ hơn."
        problems.append(Problem(place="Tệp", reason=reason))
    if problems:
        raise InvalidInputError(*problems)


def _judged(desk: Desk, pdf: bytes, name: str) -> VerificationReport:
    report = desk.judge(pdf, name, desk.clock())
    faults = [one.message for one in report.findings if one.code in JUDGE_FAULTS]
    if faults:
        raise UnavailableError("Bộ kiểm tra chữ ký", faults[0])
    return report


def _prepare(desk: Desk, pdf: bytes, order: OutsideOrder, report: VerificationReport) -> _Made:
    """With a field for each signature; a paper that cannot take them is kept with the reason."""
    fields: dict[str, str] = {}
    ready = pdf
    try:
        found = survey(pdf, report)
        for place, kind in enumerate(order.kinds):
            opened = open_field(
                ready,
                found,
                name=_FIELDS[kind],
                box=_beside(order.box, place),
                into=order.into if place == 0 else None,
            )
            ready, fields[kind.value] = opened.pdf, opened.field
        compare_unsigned(report, _judged(desk, ready, order.name))
    except OutsideRefusedError as refusal:
        said = refusal.diagnosis()
        details = {"refusal": said, "obstacle": refusal.obstacle.value, "warnings": [said]}
        return _Made(pdf=None, details=details)
    box = asdict(order.box) if order.box is not None else None
    warnings = [] if report.verdict is Verdict.PASSED else [sentence(report)]
    return _Made(pdf=ready, details={"fields": fields, "box": box, "warnings": warnings})


def _beside(box: SignatureFieldBox | None, place: int) -> SignatureFieldBox | None:
    return None if box is None else replace(box, x_pt=box.x_pt - place * (box.w_pt + _APART_PT))


def _row(deed: Deed, order: OutsideOrder, made: _Made, source: str, prepared: str | None) -> Paper:
    _require_right(deed.session, deed)
    return Paper(
        id=uuid.uuid4(),
        organisation_id=office_facts(deed.session).organisation_id,
        kind=FOREIGN,
        name=order.name.strip(),
        state=REFUSED if prepared is None else PREPARED,
        details=made.details,
        source_sha256=source,
        prepared_sha256=prepared,
        officer_id=deed.actor.id,
        created_at=deed.at,
    )
