"""Whether a directive may be signed or sealed now: its state, its number, its bytes, its reviews.

The deed looks for itself again; here each thing gets its own sentence, before any PIN.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from actions.absence_rows import in_place_of, is_lent
from actions.changing import expect_state
from actions.desk import Deed, Desk
from actions.entitlement import entitled_authority
from actions.errors import AlreadyDoneError, NotEntitledError, WrongStateError
from actions.keying import SigningAct
from actions.ordering import signs_first
from actions.readiness_terms import Check, ok, stop, warning
from actions.reviewing import STEP_WORDS, passed_steps
from actions.signatures import COMPLETED, PLANNED, living_signature
from archive.errors import ArchiveError
from models.directive import Directive, Document
from models.lifecycle import ReviewStep
from models.officer import Officer, SigningAuthority
from models.review import Review
from models.signature import Signature
from signing.request import SignatureKind
from signing.words import say_date, say_time

SOON_DAYS = 30
"""From how many days before its end on an end is warned of."""


def paper_checks(desk: Desk, deed: Deed, directive: Directive, act: SigningAct) -> Iterator[Check]:
    """Yields what can be said of the directive itself."""
    yield state_check(deed.session, directive, act)
    yield _authority(deed, directive, act)
    yield _separation(deed, directive, act)
    yield _number(deed.session, directive, act)
    yield _document(desk, deed.session, directive, act)


def state_check(session: Session, directive: Directive, act: SigningAct) -> Check:
    """Tells whether it is the directive's turn, and whether it was done already."""
    living = living_signature(session, directive.id, act.kind)
    if living is not None and living.state != PLANNED:
        return stop("state", AlreadyDoneError(act.what).diagnosis())
    try:
        expect_state(directive, act.state(session, directive))
    except WrongStateError as refusal:
        return stop("state", refusal.diagnosis())
    return ok("state", f"Đã đến bước {act.what.lower()}; chưa ai làm bước này.")


def _authority(deed: Deed, directive: Directive, act: SigningAct) -> Check:
    """Source: NĐ 30/2020 Đ13 (who signs), Đ32 (who seals)."""
    if act.kind is SignatureKind.SEAL:
        return ok("authority", "Đồng chí là văn thư của cơ quan ban hành hôm nay.")
    try:
        authority = entitled_authority(
            deed.session,
            directive.authority_id,
            officer_id=directive.signatory_id,
            organisation_id=directive.organisation_id,
            doc_type=directive.doc_type,
            day=deed.day,
        )
    except NotEntitledError as refusal:
        return stop("authority", refusal.diagnosis())
    return _ending(deed, authority, directive)


def _ending(deed: Deed, authority: SigningAuthority, directive: Directive) -> Check:
    capacity = " · ".join((*map(str, authority.capacity_lines), authority.position))
    basis = f" theo {authority.basis}" if authority.basis else ""
    words = f"Có thẩm quyền ký {directive.doc_type} hôm nay: {capacity}{basis}."
    if instead := in_place_of(deed.session, directive):
        words += f" Thay {instead['in_place_of']}, {instead['because']}."
    last = authority.valid_to
    # Lent for the days of an absence, it ends with them as it should.
    if last is None or is_lent(deed.session, authority.id) or (last - deed.day).days >= SOON_DAYS:
        return ok("authority", words)
    return warning(
        "authority",
        f"{words} Thẩm quyền còn {(last - deed.day).days} ngày, đến {say_date(last)}. "
        "Việc cần làm: bổ sung văn bản giao quyền trước ngày ấy.",
    )


def _separation(deed: Deed, directive: Directive, act: SigningAct) -> Check:
    """Two checks by two people, the signatory neither; who signed does not seal."""
    if act.kind is SignatureKind.SEAL:
        if deed.actor.id == directive.signatory_id:
            return stop(
                "separation",
                "Đồng chí là người ký văn bản này nên không đóng dấu được. "
                "Việc cần làm: chuyển cho văn thư khác.",
            )
        return ok("separation", "Người đóng dấu không phải người ký.")
    passed = _passed_by(deed.session, directive)
    checkers = [passed[step] for step in (ReviewStep.CONTENT, ReviewStep.FORM) if step in passed]
    people = [*checkers, directive.signatory_id]
    if len(set(people)) < len(people) or directive.drafter_id in people:
        return stop(
            "separation",
            "Người soạn, người kiểm tra và người ký văn bản này không tách biệt. "
            "Việc cần làm: trả lại để phân công lại.",
        )
    names = ", ".join(_name(deed.session, one) for one in checkers)
    return ok(
        "separation", f"Đã kiểm tra: {names}; người ký không phải người soạn, người kiểm tra."
    )


def _passed_by(session: Session, directive: Directive) -> dict[ReviewStep, str]:
    """Who passed each step for the current revision."""
    rows = session.execute(
        select(Review.step, Review.officer_id)
        .where(
            Review.directive_id == directive.id,
            Review.revision == directive.revision,
            Review.decision == "passed",
        )
        .order_by(Review.at)
    )
    return {ReviewStep(step): officer for step, officer in rows}


def _name(session: Session, officer_id: str) -> str:
    officer = session.get(Officer, officer_id)
    return officer.name if officer else "người được phân công"


def _number(session: Session, directive: Directive, act: SigningAct) -> Check:
    if directive.number_text is not None:
        day = f" ngày {say_date(directive.issue_date)}" if directive.issue_date else ""
        return ok("number", f"Đã cấp số {directive.number_text}{day}.")
    if act.kind is SignatureKind.OFFICER and signs_first(session, directive):
        return ok(
            "number",
            "Chưa cấp số: cơ quan ký trước, số và ngày được điền khi đóng dấu.",
        )
    return stop("number", "Văn bản chưa có số. Việc cần làm: văn thư cấp số trước.")


def _document(desk: Desk, session: Session, directive: Directive, act: SigningAct) -> Check:
    source = act.source(directive)
    if source is None:
        return stop(
            "document",
            "Bản để ký chưa có, hệ thống đang dựng. Việc cần làm: chờ ít giây rồi tải lại trang.",
        )
    try:
        desk.archive.get(source)
    except ArchiveError as err:
        return stop("document", f"Kho lưu trữ: {err.diagnosis()}")
    if act.kind is SignatureKind.SEAL:
        return _signed(session, directive, source)
    return _approved(session, directive, source)


def _approved(session: Session, directive: Directive, source: str) -> Check:
    """What will be signed was set from the very revision that all three have passed."""
    missing = [step for step in ReviewStep if step not in passed_steps(session, directive)]
    if missing:
        words = ", ".join(STEP_WORDS[step][0] for step in missing)
        return stop(
            "document",
            f"Bản {directive.revision} chưa được {words}. "
            "Việc cần làm: trả lại để làm đủ các bước.",
        )
    if not _is_stored(session, directive, source, Document.revision == directive.revision):
        return stop(
            "document",
            "Bản để ký không được dựng từ bản đã phê duyệt. Việc cần làm: không ký; báo người "
            "vận hành.",
        )
    at = session.scalars(
        select(Review.at)
        .where(
            Review.directive_id == directive.id,
            Review.revision == directive.revision,
            Review.step == ReviewStep.APPROVAL.value,
            Review.decision == "passed",
        )
        .order_by(Review.at.desc())
    ).first()
    when = f" lúc {say_time(at)}" if at else ""
    return ok(
        "document",
        f"Đúng bản {directive.revision} đã được phê duyệt{when}; từ đó chỉ thêm số và ngày, tệp "
        "lưu trữ còn nguyên vẹn.",
    )


def _signed(session: Session, directive: Directive, source: str) -> Check:
    row = session.scalars(
        select(Signature).where(
            Signature.directive_id == directive.id,
            Signature.kind == SignatureKind.OFFICER.value,
            Signature.state == COMPLETED,
        )
    ).first()
    if row is None or not _is_stored(session, directive, source):
        return stop(
            "document",
            "Bản chờ đóng dấu không phải bản lãnh đạo đã ký. Việc cần làm: không đóng dấu; báo "
            "người vận hành.",
        )
    said = str((row.verification or {}).get("sentence", ""))
    when = f" lúc {say_time(row.keyed_at)}" if row.keyed_at else ""
    return ok("document", f"Lãnh đạo đã ký{when}. {said}".strip())


def _is_stored(
    session: Session, directive: Directive, source: str, *terms: ColumnElement[bool]
) -> bool:
    """Whether the bytes were stored as a document of this very directive."""
    found = select(Document.id).where(
        Document.directive_id == directive.id, Document.sha256 == source, *terms
    )
    return session.scalars(found).first() is not None
