"""A key is tried: it signs a paper marked THỬ NGHIỆM, and our own judge must pass it.

The same steps as for a directive (prepare, key, complete, judge), on a paper that lives in memory
alone: nothing of it enters the register or the archive. What came of it is one row of the set-up
and one audit event. A key that lies elsewhere signs the paper with its own tool; the file comes
back.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from actions.accounts import require_administrator
from actions.auditing import Actor
from actions.certificate_rows import KIND_WORDS, step_key, way_to_key
from actions.certificates import find_certificate
from actions.completing import require_accepted
from actions.desk import Deed, Desk, doing
from actions.errors import (
    CertificateUnfitError,
    InvalidInputError,
    NotAcceptedError,
    Problem,
    UnavailableError,
)
from actions.offices import office_facts
from actions.setup_steps import StepState, note_step
from actions.trying import looking, trying
from actions.using_keys import open_once, refusal_of, require_good
from documents.trial_paper import FIELD_BOX, MARK, PAGE_HEIGHT_PT, trial_paper
from models.officer import Officer, RegisteredCertificate
from models.organisation import Organisation
from signing.archiving import add_archive_timestamp
from signing.certificates import SigningCertificate
from signing.completing import complete_signature
from signing.errors import SigningError
from signing.fields import SignatureFieldBox, add_signature_fields
from signing.keys.key import SigningKey
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.request import SignatureKind, SignatureRequest
from signing.sign import prepare_signature

TRY: Final = "try_certificate"
WHAT: Final = "Chữ ký thử"
ELSEWHERE: Final = frozenset({"agent", "upload"})
"""Kinds of keys that this machine never reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of a trial signature."""

    fingerprint: str
    holder: str
    state: StepState
    problem: str = ""
    """Why it did not pass, in Vietnamese."""

    anchor: str = ""
    """Fingerprint of the anchor under which it passed."""

    pdf: bytes = b""
    """The signed trial paper, for whoever wants to look at it; kept nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """What the first look found."""

    row: RegisteredCertificate
    holder: str
    office: str

    @property
    def kind(self) -> SignatureKind:
        """A seal needs an officer's signature below it; the agency tries its key as on a copy."""
        return SignatureKind.OFFICER if self.row.officer_id else SignatureKind.COPY

    @property
    def field(self) -> str:
        return OFFICER_FIELD if self.row.officer_id else SEAL_FIELD


def try_key(desk: Desk, actor: Actor, fingerprint: str, *, pin: str) -> Trial:
    """Lets the key of a registered certificate sign a trial paper, and judges it.

    Args:
        desk: the tools; its judge keeps nothing (`wiring.trial.trial_desk`).
        actor: an administrator or the machine.
        fingerprint: of the certificate, or its first eight digits or more.
        pin: opens the key; typed by its holder, never stored, never written anywhere.

    Returns:
        What came of it, recorded: passed under a real or a trial anchor, or failed and why.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError, InvalidInputError: no certificate, or a key that is not reached from here.
        PinRefusedError: wrong PIN; nothing was recorded of the key.
        UnavailableError: the key, the time stamp or the judge is not to be had now.
    """
    looked = _look(desk, actor, fingerprint)
    if looked.row.key_kind in {*ELSEWHERE, "none"}:
        raise InvalidInputError(
            Problem(
                place="Khoá",
                reason=f"{KIND_WORDS[looked.row.key_kind]}: không ký thử được từ máy chủ này. "
                "Lấy trang ký thử bằng --out, ký bằng công cụ của người ký, nộp lại bằng --signed.",
            )
        )
    with trying(desk, actor, TRY, subject=looked.row.fingerprint, kind="certificate"):
        try:
            pdf = _sign(desk, looked, pin)
            trial = _judge(desk, looked, pdf)
        except (CertificateUnfitError, NotAcceptedError) as refusal:
            trial = _result(looked, StepState.FAILED, problem=refusal.diagnosis())
    return _record(desk, actor, trial)


def trial_paper_for(desk: Desk, actor: Actor, fingerprint: str) -> bytes:
    """Returns a trial paper with one empty field, to be signed with another tool.

    Raises:
        NotAuthorisedError, NotFoundError, InvalidInputError: as in `try_key`.
    """
    return _paper(desk, _look(desk, actor, fingerprint))


def take_trial(desk: Desk, actor: Actor, fingerprint: str, *, pdf: bytes) -> Trial:
    """Judges a trial paper that was signed elsewhere; one without a time stamp gets one first.

    Raises:
        NotAuthorisedError, NotFoundError, InvalidInputError: as in `try_key`.
        UnavailableError: the time stamp or the judge is not to be had now.
    """
    looked = _look(desk, actor, fingerprint)
    with trying(desk, actor, TRY, subject=looked.row.fingerprint, kind="certificate"):
        try:
            trial = _judge_foreign(desk, looked, pdf)
        except NotAcceptedError as refusal:
            trial = _result(looked, StepState.FAILED, problem=refusal.diagnosis())
    return _record(desk, actor, trial)


def _look(desk: Desk, actor: Actor, fingerprint: str) -> _Looked:
    with looking(desk, actor, TRY, subject=fingerprint, kind="certificate") as deed:
        require_administrator(deed.session, actor, deed.at, "ký thử chứng thư")
        row = find_certificate(deed.session, fingerprint)
        if row.end_reason is not None:
            reason = f"đã được chấm dứt ({row.end_reason}); đăng ký chứng thư khác."
            raise InvalidInputError(Problem(place="Chứng thư", reason=reason))
        return _Looked(row=row, holder=_holder(deed, row), office=office_facts(deed.session).name)


def _holder(deed: Deed, row: RegisteredCertificate) -> str:
    if row.officer_id is not None:
        return deed.session.scalars(select(Officer.name).where(Officer.id == row.officer_id)).one()
    named = select(Organisation.name).where(Organisation.id == row.organisation_id)
    return deed.session.scalars(named).one()


def _paper(desk: Desk, looked: _Looked) -> bytes:
    facts = SigningCertificate(der=looked.row.der).facts
    rows = (
        ("Người, cơ quan ký", looked.holder),
        ("Chứng thư của", facts.name),
        ("Nơi cấp", facts.issuer),
        ("Hạn chứng thư", f"{facts.not_after:%d/%m/%Y}"),
        ("Dấu vân tay", facts.sha256_hex),
        ("Cách dùng khoá", KIND_WORDS[looked.row.key_kind]),
    )
    paper = trial_paper(rows, issuer=looked.office, at=desk.clock(), fonts=desk.fonts)
    x_pt, y_pt, w_pt, h_pt = FIELD_BOX
    box = SignatureFieldBox(
        name=looked.field, page=1, x_pt=x_pt, y_pt=y_pt, w_pt=w_pt, h_pt=h_pt,
        page_height_pt=PAGE_HEIGHT_PT,
    )  # fmt: skip
    return add_signature_fields(paper, (box,))


def _sign(desk: Desk, looked: _Looked, pin: str) -> bytes:
    """The steps of `actions.keying`, with nothing written down between them."""
    row = looked.row
    require_good(desk, row)
    paper = _paper(desk, looked)
    try:
        with open_once(desk, row, pin) as key:
            return _complete(desk, looked, paper, key)
    except SigningError as err:
        # `from None`: the library's own error must not carry anything of the PIN into a log.
        raise refusal_of(err, row.subject) from None


def _complete(desk: Desk, looked: _Looked, paper: bytes, key: SigningKey) -> bytes:
    facts = key.certificate.facts
    request = SignatureRequest(
        kind=looked.kind, field=looked.field, name=facts.name, organisation=looked.office,
        contact=facts.email, test_only=True,
        block=() if looked.kind is SignatureKind.OFFICER else (f"{MARK}: {looked.holder}",),
    )  # fmt: skip
    prepared = prepare_signature(
        paper, request=request, certificate=key.certificate, at=desk.clock(), fonts=desk.fonts,
        mechanism=key.mechanism,
    )  # fmt: skip
    key.announce([prepared.signed_attributes])
    raw = key.sign(prepared.signed_attributes)
    return complete_signature(prepared, raw, services=desk.services, at=desk.clock())


def _judge(desk: Desk, looked: _Looked, pdf: bytes) -> Trial:
    """Passed, by exactly this certificate, and under which kind of anchor."""
    accepted, report = require_accepted(desk, pdf, what=WHAT)
    signers = [one.certificate_sha256_hex for one in accepted.signatures if one.kind == "signature"]
    if signers != [looked.row.fingerprint]:
        raise NotAcceptedError(WHAT, "Trang ký thử phải có đúng một chữ ký, bằng chứng thư này.")
    state = StepState.TRIAL if report.test_only else StepState.REAL
    (anchor, *_) = next(one.chain for one in report.signatures if one.kind == "signature")
    return _result(looked, state, pdf=pdf, anchor=anchor.sha256_hex)


def _judge_foreign(desk: Desk, looked: _Looked, pdf: bytes) -> Trial:
    try:
        return _judge(desk, looked, pdf)
    except NotAcceptedError as first:
        try:
            stamped = add_archive_timestamp(pdf, services=desk.services, at=desk.clock())
        except SigningError as err:
            if err.transient:
                raise UnavailableError("Dịch vụ chứng thực", err.diagnosis()) from err
            raise first from err
        return _judge(desk, looked, stamped)


def _result(looked: _Looked, state: StepState, **more: Any) -> Trial:  # noqa: ANN401 (fields of Trial)
    return Trial(fingerprint=looked.row.fingerprint, holder=looked.holder, state=state, **more)


def _record(desk: Desk, actor: Actor, trial: Trial) -> Trial:
    with doing(desk, actor, TRY, kind="certificate", subject=trial.fingerprint) as deed:
        row = deed.session.get_one(RegisteredCertificate, trial.fingerprint)
        if trial.state is not StepState.FAILED:
            row.trial = trial.state is StepState.TRIAL
        detail = {
            "holder": trial.holder,
            "problem": trial.problem,
            "key_kind": row.key_kind,
            "anchor": trial.anchor,
            "way": way_to_key(row),
        }
        note_step(deed.session, step_key(trial.fingerprint), trial.state, detail, at=deed.at)
        deed.detail |= {"state": trial.state.value, **detail}
    return trial
