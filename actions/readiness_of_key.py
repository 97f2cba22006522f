"""Whether the certificate and its key may be used now: registered, valid, good, at hand.

Only `authority_check` asks anybody outside.
"""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.desk import Deed, Desk
from actions.keying import SigningAct
from actions.keying_elsewhere import ELSEWHERE
from actions.offices import office_facts
from actions.readiness_of_paper import SOON_DAYS
from actions.readiness_terms import Check, Readiness, ok, stop, warning
from models.directive import Directive
from models.officer import Officer, RegisteredCertificate
from models.organisation import Office, Organisation
from signing.certificates import CertificateFacts, SigningCertificate, read_facts, refuse_unfit
from signing.errors import EvidenceUnavailableError, KeyRefusedError, SigningError
from signing.fitness import CertificateCheck, check_certificate
from signing.keys.cryptoki import PIN_WORDS, PinState
from signing.request import SignatureKind
from signing.words import say_date, say_day, say_time

_WHERE = {
    "pkcs12": "Khoá nằm trong tệp khoá trên máy chủ; mở bằng mã PIN ở dưới.",
    "pkcs11": "Khoá nằm trong thiết bị {token} gắn ở máy chủ; mở bằng mã PIN ở dưới.",
    "csc": "Khoá do dịch vụ ký số từ xa {service} giữ; mở bằng mã PIN ở dưới.",
    "agent": "Khoá nằm trong thiết bị ở máy của đồng chí: ký tại máy ấy bằng `trinhky agent`; "
    "không nhập mã PIN ở đây.",
    "upload": "Khoá do phần mềm khác giữ: tải bản để ký về, ký bằng phần mềm ấy rồi tải lên; "
    "không nhập mã PIN ở đây.",
}


def key_checks(desk: Desk, deed: Deed, row: RegisteredCertificate) -> Iterator[Check]:
    """Yields what is known here of a certificate and its key; asks nobody outside."""
    facts = read_facts(row.der)
    yield _registered(deed.session, row, facts, deed.day)
    yield _validity(facts, deed.at)
    yield _usage(facts)
    yield _where(row)
    pin = pin_check(desk, row)
    if pin is not None:
        yield pin
    yield _timestamp(desk, deed.session)
    trial = _trial(deed.session, row)
    if trial is not None:
        yield trial


def no_certificate(deed: Deed, directive: Directive, act: SigningAct) -> Check:
    """Says why there is no certificate to sign with."""
    officer = act.kind is SignatureKind.OFFICER
    whose = (
        RegisteredCertificate.officer_id == directive.signatory_id
        if officer
        else RegisteredCertificate.organisation_id == directive.organisation_id
    )
    latest = deed.session.scalars(
        select(RegisteredCertificate)
        .where(whose)
        .order_by(RegisteredCertificate.valid_from.desc(), RegisteredCertificate.fingerprint)
    ).first()
    holder = "đồng chí" if officer else "cơ quan"
    todo = "Việc cần làm: đề nghị quản trị đăng ký chứng thư đang dùng."
    if latest is None:
        return stop("certificate", f"Chưa có chứng thư nào của {holder} được đăng ký. {todo}")
    return stop("certificate", f"{_why_not(latest, deed.day, holder)} {todo}")


def _why_not(row: RegisteredCertificate, day: date, holder: str) -> str:
    if row.valid_to is not None and row.valid_to < day:
        reason = f" ({row.end_reason})" if row.end_reason else ""
        return f"Chứng thư của {holder} đã ngừng dùng sau ngày {say_date(row.valid_to)}{reason}."
    if row.valid_from > day:
        return f"Chứng thư của {holder} chỉ được dùng từ ngày {say_date(row.valid_from)}."
    return f"Chứng thư của {holder} được đăng ký chỉ để kiểm tra chữ ký, không có khoá để ký."


def _registered(
    session: Session, row: RegisteredCertificate, facts: CertificateFacts, day: date
) -> Check:
    words = (
        f"Chứng thư của {facts.name}, số {facts.serial}, do {facts.issuer} cấp, "
        f"đăng ký cho {_holder(session, row)}."
    )
    if row.valid_to is None or (row.valid_to - day).days >= SOON_DAYS:
        return ok("certificate", words)
    return warning(
        "certificate", f"{words} Cơ quan ngừng dùng chứng thư này sau {say_date(row.valid_to)}."
    )


def _holder(session: Session, row: RegisteredCertificate) -> str:
    found: Officer | Organisation | None = (
        session.get(Officer, row.officer_id)
        if row.officer_id is not None
        else session.get(Organisation, row.organisation_id)
    )
    return found.name if found else "người đã rời danh sách"


def _validity(facts: CertificateFacts, at: datetime) -> Check:
    try:
        refuse_unfit(facts, at=at)
    except KeyRefusedError as err:
        if err.reason != "wrong_usage":
            return stop("validity", err.diagnosis())
    days = (facts.not_after - at).days
    words = f"Chứng thư còn {days} ngày, đến {say_day(facts.not_after)}."
    if days >= SOON_DAYS:
        return ok("validity", words)
    return warning("validity", f"{words} Việc cần làm: xin cấp chứng thư mới trước ngày ấy.")


def _usage(facts: CertificateFacts) -> Check:
    try:
        refuse_unfit(facts, at=facts.not_before)  # on its first day only its usage can be wrong
    except KeyRefusedError as err:
        return stop("usage", err.diagnosis())
    return ok("usage", "Chứng thư được cấp để ký văn bản.")


def _where(row: RegisteredCertificate) -> Check:
    if row.key_kind not in _WHERE:
        return stop(
            "key",
            f"Không rõ khoá của chứng thư nằm ở đâu ({row.key_kind}). Việc cần làm: báo quản trị.",
        )
    known = {name: str(value) for name, value in (row.key_settings or {}).items()}
    places = {"token": known.get("token", ""), "service": known.get("service", "")}
    return ok("key", " ".join(_WHERE[row.key_kind].format(**places).split()))


def pin_check(desk: Desk, row: RegisteredCertificate) -> Check | None:
    """Says what the token tells of its PIN: few tries are left, or none, or the token is gone."""
    if desk.pin_state is None:
        return None
    try:
        state = desk.pin_state(row)
    except SigningError as err:
        return stop("pin", err.diagnosis())
    if state is None or not PIN_WORDS[state]:
        return None
    made = stop if state is PinState.LOCKED else warning
    return made("pin", PIN_WORDS[state])


def is_elsewhere(row: RegisteredCertificate) -> bool:
    """Tells whether the key is never opened on this server."""
    return row.key_kind in ELSEWHERE


def _timestamp(desk: Desk, session: Session) -> Check:
    if desk.services.timestamps:
        return ok("timestamp", "Có dịch vụ cấp dấu thời gian.")
    office = session.get(Office, 1)
    if office is not None and office.go_on_without_timestamp:
        return warning(
            "timestamp",
            "Chưa khai dịch vụ cấp dấu thời gian: ký ở mức B-B, bổ sung dấu thời gian sau. "
            "Việc cần làm: báo người vận hành.",
        )
    return warning(
        "timestamp",
        "Chưa khai dịch vụ cấp dấu thời gian: chữ ký được giữ lại, chưa hoàn tất cho đến khi có. "
        "Việc cần làm: báo người vận hành khai dịch vụ.",
    )


def _trial(session: Session, row: RegisteredCertificate) -> Check | None:
    if not row.trial and not office_facts(session).test_only:
        return None
    return warning("trial", "THỬ NGHIỆM: chứng thư không có giá trị pháp lý.")


def may_be_asked(found: Readiness) -> bool:
    """Tells whether the authority can still say anything that matters."""
    ruled_out = {"certificate", "validity", "usage"} & {check.key for check in found.stops}
    return found.certificate is not None and not ruled_out


def authority_check(desk: Desk, row: RegisteredCertificate) -> Check:
    """Asks the certificate's authority whether it is good now (network)."""
    return said_of(
        check_certificate(SigningCertificate(der=row.der), services=desk.services, at=desk.clock())
    )


def said_of(check: CertificateCheck) -> Check:
    """Puts the authority's answer into a sentence."""
    if check.usable:
        return ok("revocation", f"Chưa bị thu hồi (hỏi cơ quan cấp lúc {say_time(check.at)}).")
    problem = check.problems[0]
    if problem.code == EvidenceUnavailableError.code:
        return stop(
            "revocation",
            "Chưa hỏi được cơ quan cấp xem chứng thư có bị thu hồi không. Việc cần làm: chờ ít "
            "phút rồi tải lại trang; nếu kéo dài, báo người vận hành.",
        )
    return stop("revocation", problem.message)
