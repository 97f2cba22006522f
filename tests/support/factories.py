"""Rows of a small office, for tests that need people and units but not the whole demo.

`small_office` writes: the office `ban`, its superior, three units in the group `huyen`, one officer
per role (identifier = role with hyphens, for instance `content-reviewer`), a signing authority,
two certificates without usable keys, and three number series. All of it valid from `SINCE`.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from actions.auditing import Actor
from models.numbering import NumberSeries
from models.officer import (
    Capacity,
    Officer,
    Post,
    RegisteredCertificate,
    Role,
    SigningAuthority,
)
from models.organisation import (
    GroupMembership,
    LadderStepRow,
    Office,
    Organisation,
    UnitGroup,
)
from models.session import Database

SINCE = date(2020, 10, 15)
"""First day of everything here."""

NAMES = {
    Role.DRAFTER: "Nguyễn Thị Soạn",
    Role.CONTENT_REVIEWER: "Lê Văn Nội",
    Role.FORM_REVIEWER: "Phạm Thị Thức",
    Role.SIGNATORY: "Trần Văn Ký",
    Role.REGISTRY_CLERK: "Hoàng Thị Thư",
    Role.FOLLOW_UP: "Đỗ Văn Dõi",
    Role.OPERATOR: "Vũ Văn Hành",
    Role.AUDITOR: "Bùi Thị Sát",
    Role.ADMINISTRATOR: "Đặng Văn Trị",
}
"""Everybody here is invented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallOffice:
    """What `small_office` wrote; identifiers, not rows."""

    organisation: str = "ban"
    superior: str = "tinh-uy"
    units: tuple[str, ...] = ("huyen-a", "huyen-b", "so-tt")
    group: str = "huyen"
    authority: str = "ky-thay"
    officer_certificate: str = ""
    seal_certificate: str = ""

    @staticmethod
    def officer(role: Role) -> str:
        return role.value.replace("_", "-")

    def actor(self, role: Role) -> Actor:
        """The officer of that role as an actor."""
        return Actor(kind="officer", id=self.officer(role), name=NAMES[role])


def organisation(session: Session, key: str, name: str, **columns: Any) -> Organisation:  # noqa: ANN401 (columns of every type)
    """One organisation, by default of the Party's regime with an address of its own."""
    values: dict[str, Any] = {
        "regime": "party",
        "address": f"{key}@donvi.example",
        "valid_from": SINCE,
        "invented": True,
        **columns,
    }
    made = Organisation(id=key, name=name, **values)
    session.add(made)
    session.flush()
    return made


def officer(
    session: Session, key: str, name: str, *roles: Role, at: str = "ban", title: str = "Chuyên viên"
) -> Officer:
    """One officer with one post."""
    made = Officer(id=key, name=name, email=f"{key}@ban.example")
    session.add(made)
    session.flush()
    session.add(
        Post(
            officer_id=key,
            organisation_id=at,
            title=title,
            roles=[role.value for role in roles],
            valid_from=SINCE,
        )
    )
    return made


def certificate(session: Session, subject: str, **holder: str) -> str:
    """A registered certificate whose bytes are no real certificate; returns its fingerprint."""
    der = f"certificate of {subject}".encode()
    fingerprint = hashlib.sha256(der).hexdigest()
    session.add(
        RegisteredCertificate(
            fingerprint=fingerprint, subject=subject, der=der, valid_from=SINCE, **holder
        )
    )
    return fingerprint


def small_office(database: Database) -> SmallOffice:
    """Writes the small office into empty tables."""
    with database.writing() as session:
        organisation(session, "tinh-uy", "Tỉnh ủy Thử nghiệm")
        organisation(
            session, "ban", "Ban Thử nghiệm Tỉnh ủy", parent_id="tinh-uy", abbreviation="BTNTU",
            place="Đà Lạt",
        )  # fmt: skip
        _units(session)
        session.add(Office(organisation_id="ban", mailbox="ban@ban.example", test_only=True))
        for role, name in NAMES.items():
            officer(session, SmallOffice.officer(role), name, role)
        _authority(session)
        made = SmallOffice(
            officer_certificate=certificate(session, NAMES[Role.SIGNATORY], officer_id="signatory"),
            seal_certificate=certificate(session, "BAN THỬ NGHIỆM", organisation_id="ban"),
        )
        _series(session)
    return made


def _units(session: Session) -> None:
    organisation(session, "huyen-a", "Huyện ủy A", parent_id="tinh-uy")
    organisation(session, "huyen-b", "Huyện ủy B", parent_id="tinh-uy")
    organisation(
        session, "so-tt", "Sở Thông tin và Truyền thông", parent_id="tinh-uy", regime="state"
    )
    session.add(UnitGroup(id="huyen", name="Các huyện ủy", aliases=["các huyện ủy trực thuộc"]))
    session.flush()
    for member in ("huyen-a", "huyen-b", "so-tt"):
        session.add(GroupMembership(group_id="huyen", organisation_id=member, valid_from=SINCE))
    for key, days, audience, wording in (
        ("truoc-3", -3, "unit", "reminder"),
        ("sau-1", 1, "unit", "overdue"),
        ("sau-5", 5, "superior", "escalation"),
    ):
        session.add(
            LadderStepRow(
                doc_type="*", key=key, working_days=days, audience=audience, wording=wording
            )
        )


def _authority(session: Session) -> None:
    session.add(
        SigningAuthority(
            id="ky-thay",
            officer_id="signatory",
            organisation_id="ban",
            capacity=Capacity.KT.value,
            on_behalf_of="Trưởng ban",
            position="Phó Trưởng ban Thường trực",
            capacity_lines=["K/T TRƯỞNG BAN"],
            valid_from=SINCE,
        )
    )


def _series(session: Session) -> None:
    for key, doc_type, stands_at in (
        ("hd", "Hướng dẫn", 95),
        ("kh", "Kế hoạch", 11),
        ("chung", None, 0),
    ):
        session.add(
            NumberSeries(
                id=key,
                organisation_id="ban",
                regime="party",
                doc_type=doc_type,
                period_from=SINCE,
                stands_at=stands_at,
            )
        )
