"""What each part of an office rests on: the trial authority, something real, or nothing yet.

What a part is follows from the office's data, its settings, and what trial signatures and trial
stamps found; nothing is taken on anybody's word.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from actions.anchor_rows import holds
from actions.certificate_rows import is_trial, step_key, trial_of
from actions.desk import local_day
from actions.offices import office_facts
from actions.setup_steps import ANCHORS, MAIL, TIMESTAMPS, StepState
from actions.signatures import usable_certificate
from models.officer import Officer, RegisteredCertificate, SigningAuthority, in_service
from models.organisation import SetupStep
from signing.trust import PURPOSE_WORDS, Anchor

_NOBODYS: Final = (".invalid", ".example", ".test", ".localhost")
"""Domains that belong to nobody. Source: RFC 2606, 2."""
_ANCHORS_HOW: Final = "trinhky setup anchors TỆP --source NGUỒN --reason LÝ_DO"


class PartState(StrEnum):
    """What a part of the office rests on."""

    TRIAL = "trial"
    REAL = "real"
    MISSING = "missing"


PART_WORDS: Final = {
    PartState.TRIAL: "thử nghiệm",
    PartState.REAL: "thật",
    PartState.MISSING: "chưa có",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the settings and the trust folder say; `wiring.trial` reads it."""

    anchors: tuple[Anchor, ...]
    timestamp_urls: tuple[str, ...]
    revocation_hosts: tuple[str, ...]
    mail_domain: str
    simulated: bool
    """Whether the clock is a story's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the office on its way."""

    key: str
    """`anchors`, `timestamps`, `certificate:<officer or agency>`, `revocation`, `mail`, `clock`."""

    title: str
    state: PartState
    words: str
    """What there is."""

    todo: str = ""
    """What remains; empty where nothing does."""

    needed: bool = True
    """Whether the office stays on trial without it."""


def parts(session: Session, around: Surroundings, *, at: datetime) -> tuple[Part, ...]:
    """Returns every part of the office with what it rests on."""
    return (
        _anchors(around, at),
        _timestamps(session, around),
        *_keys(session, around, local_day(at)),
        _revocation(around),
        _mail(session, around),
        _clock(around),
    )


def is_mixed(anchors: Iterable[Anchor]) -> bool:
    """Tells whether an office trusts trial and real anchors at once."""
    return len({one.test_only for one in anchors}) > 1


def _anchors(around: Surroundings, at: datetime) -> Part:
    title = "Chứng thư gốc tin cậy"
    real = [one for one in around.anchors if not one.test_only and holds(one, at)]
    trial = [one for one in around.anchors if one.test_only]
    lacking = [
        words
        for purpose, words in PURPOSE_WORDS.items()
        if not any(purpose in one.purposes for one in real)
    ]
    words = f"{len(real)} thật, {len(trial)} thử nghiệm"
    if trial:
        todo = "trinhky setup anchors --remove-trial" if real and not lacking else _ANCHORS_HOW
        return Part(key=ANCHORS, title=title, state=PartState.TRIAL, words=words, todo=todo)
    if lacking:
        words += f"; chưa tin ai cho {', '.join(lacking)}"
        return Part(
            key=ANCHORS, title=title, state=PartState.MISSING, words=words, todo=_ANCHORS_HOW
        )
    return Part(key=ANCHORS, title=title, state=PartState.REAL, words=words)


def _timestamps(session: Session, around: Surroundings) -> Part:
    title = "Dịch vụ dấu thời gian"
    step = session.get(SetupStep, TIMESTAMPS)
    services: Sequence[dict[str, Any]] = step.detail.get("services", []) if step else []
    how = "trinhky setup timestamps"

    def part(state: PartState, words: str, todo: str = "") -> Part:
        return Part(key=TIMESTAMPS, title=title, state=state, words=words, todo=todo)

    if not around.timestamp_urls:
        return part(PartState.MISSING, "chưa đặt địa chỉ nào", f"{how} --url ĐỊA_CHỈ")
    if [one["url"] for one in services] != list(around.timestamp_urls):
        return part(PartState.MISSING, "chưa thử địa chỉ đang dùng", how)
    words = "; ".join(_stamp_words(one) for one in services)
    if any(one["problem"] for one in services):
        return part(PartState.MISSING, words, how)
    if any(one["trial"] for one in services):
        return part(PartState.TRIAL, words, f"{how} --url ĐỊA_CHỈ")
    return part(PartState.REAL, words)


def _stamp_words(service: dict[str, Any]) -> str:
    if service["problem"]:
        return f"{service['title']}: {service['problem']}"
    return f"{service['title']} ({service['certificate']})"


def _keys(session: Session, around: Surroundings, day: date) -> Iterator[Part]:
    office = office_facts(session)
    for officer in signatories(session, office.organisation_id, day):
        row = usable_certificate(session, day, officer_id=officer.id)
        yield _key(session, around, officer.id, f"Khoá của {officer.name}", row)
    row = usable_certificate(session, day, organisation_id=office.organisation_id)
    yield _key(session, around, office.organisation_id, f"Khoá của {office.name}", row)


def signatories(session: Session, organisation_id: str, day: date) -> Sequence[Officer]:
    """Returns the officers who may sign for an organisation on a day."""
    return session.scalars(
        select(Officer)
        .where(
            Officer.id.in_(
                select(SigningAuthority.officer_id).where(
                    SigningAuthority.organisation_id == organisation_id,
                    SigningAuthority.valid_from <= day,
                    or_(SigningAuthority.valid_to.is_(None), SigningAuthority.valid_to >= day),
                )
            ),
            in_service(day),
        )
        .order_by(Officer.id)
    ).all()


def _key(
    session: Session,
    around: Surroundings,
    holder: str,
    title: str,
    row: RegisteredCertificate | None,
) -> Part:
    def part(state: PartState, words: str, todo: str = "") -> Part:
        return Part(key=step_key(holder), title=title, state=state, words=words, todo=todo)

    if row is None:
        return part(PartState.MISSING, "chưa có chứng thư dùng được", "trinhky key add")
    short, step = row.fingerprint[:16], trial_of(session, row)
    if row.trial or is_trial(row.der) or (step and step.state == StepState.TRIAL):
        return part(PartState.TRIAL, f"chứng thư thử nghiệm {short}", "trinhky key add")
    if step is None:
        return part(PartState.MISSING, f"chưa ký thử {short}", f"trinhky key try {short}")
    if step.state != StepState.REAL:
        words = f"ký thử {short} chưa đạt: {step.detail.get('problem', '')}"
        return part(PartState.MISSING, words, f"trinhky key try {short}")
    trusted = {one.sha256_hex for one in around.anchors if not one.test_only}
    if step.detail.get("anchor") not in trusted:
        words = f"chứng thư gốc của {short} không còn được tin"
        return part(PartState.MISSING, words, f"trinhky key try {short}")
    return part(PartState.REAL, f"{row.subject} ({short}), đã ký thử đạt")


def _revocation(around: Surroundings) -> Part:
    title = "Máy chủ hỏi thu hồi"
    if around.revocation_hosts:
        words = ", ".join(around.revocation_hosts)
        return Part(key="revocation", title=title, state=PartState.REAL, words=words, needed=False)
    return Part(
        key="revocation", title=title, state=PartState.MISSING, needed=False,
        words="không hỏi ai về tệp của đơn vị gửi đến",
        todo="đặt TRINHKY_REVOCATION__HOSTS nếu đơn vị gửi tệp thiếu bằng chứng",
    )  # fmt: skip


def _mail(session: Session, around: Surroundings) -> Part:
    mailbox = office_facts(session).mail_domain.casefold()
    domain = around.mail_domain.casefold()
    title, words = "Tên miền thư", f"đang dùng {domain}; hộp thư của cơ quan ở {mailbox}"
    how = "trinhky setup mail"
    if mailbox.endswith(_NOBODYS) or domain.endswith(_NOBODYS):
        return Part(key=MAIL, title=title, state=PartState.TRIAL, words=words, todo=how)
    if domain != mailbox:
        return Part(key=MAIL, title=title, state=PartState.MISSING, words=words, todo=how)
    return Part(key=MAIL, title=title, state=PartState.REAL, words=domain)


def _clock(around: Surroundings) -> Part:
    title = "Đồng hồ"
    if around.simulated:
        return Part(
            key="clock", title=title, state=PartState.TRIAL, words="mô phỏng",
            todo="bỏ TRINHKY_CLOCK và TRINHKY_TIMESTAMPS__FAKE_TIME",
        )  # fmt: skip
    return Part(key="clock", title=title, state=PartState.REAL, words="giờ của máy chủ")
