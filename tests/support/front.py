"""A directive on its way from draft to issue, for tests: the small office and what it writes."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.auditing import Actor
from actions.desk import Desk
from actions.drafting import Draft, LineReading, TaskReading, start_directive, submit
from actions.freezing import freeze
from actions.numbering import take_number
from actions.reviewing import pass_step
from documents.content import (
    DirectiveContent,
    Paragraph,
    RecipientLine,
    RecipientRole,
    Regime,
    Section,
    SignatureBlock,
)
from models.audit import AuditEvent
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import ReviewStep
from models.officer import Role
from models.session import Database
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import NAMES, SmallOffice, small_office

SENTENCE = "Các huyện ủy xây dựng kế hoạch, hoàn thành trong tháng 10 năm 2022."
REPORT = "Báo cáo kết quả về Ban Thử nghiệm Tỉnh ủy trước ngày 31/10/2022."

CONTENT = DirectiveContent(
    regime=Regime.PARTY,
    doc_type="Hướng dẫn",
    parent_issuer="Tỉnh ủy Thử nghiệm",
    issuer="Ban Thử nghiệm Tỉnh ủy",
    symbol="HD/BTNTU",
    place="Đà Lạt",
    title="Tổ chức thực hiện Kế hoạch số 53-KH/TU",
    opening=(Paragraph(text="Ban Thử nghiệm Tỉnh ủy hướng dẫn như sau:"),),
    sections=(
        Section(
            label="I.",
            title="Nhiệm vụ",
            blocks=(Paragraph(text=SENTENCE, mark="I.1"), Paragraph(text=REPORT, mark="R1")),
        ),
    ),
    recipients=(
        RecipientLine(raw="Tỉnh ủy (báo cáo)", role=RecipientRole.REPORT, group=False),
        RecipientLine(raw="Các huyện ủy", role=RecipientRole.ACTION, group=True),
        RecipientLine(raw="Huyện ủy A", role=RecipientRole.KNOW, group=False),
        RecipientLine(raw="Lưu VPTU", role=RecipientRole.ARCHIVE, group=False),
    ),
    signature=SignatureBlock(
        capacity_lines=("K/T TRƯỞNG BAN",),
        position="PHÓ TRƯỞNG BAN THƯỜNG TRỰC",
        name=NAMES[Role.SIGNATORY],
    ),
)

DRAFT = Draft(
    content=CONTENT,
    lines=(
        LineReading(raw="Tỉnh ủy (báo cáo)", role=RecipientRole.REPORT, organisations=("tinh-uy",)),
        LineReading(raw="Các huyện ủy", role=RecipientRole.ACTION, groups=("huyen",)),
        LineReading(raw="Huyện ủy A", role=RecipientRole.KNOW, organisations=("huyen-a",)),
        LineReading(raw="Lưu VPTU", role=RecipientRole.ARCHIVE),
    ),
    tasks=(
        TaskReading(
            ref="I.1",
            what="Xây dựng kế hoạch",
            sentence=SENTENCE,
            deadline_raw="trong tháng 10 năm 2022",
            kind="within_month",
            groups=("huyen",),
        ),
        TaskReading(
            ref="R1",
            what="Báo cáo kết quả",
            sentence=REPORT,
            is_report=True,
            deadline_raw="trước ngày 31/10/2022",
            kind="before_date",
            named_date=date(2022, 10, 31),
            inclusive=False,
            groups=("huyen",),
        ),
    ),
    content_reviewer="content-reviewer",
    form_reviewer="form-reviewer",
    signatory="signatory",
    authority_id="ky-thay",
)
"""A good draft of the small office."""


def with_content(**changes: Any) -> Draft:  # noqa: ANN401 (fields of every type)
    """The good draft with parts of its content changed."""
    return replace(DRAFT, content=replace(CONTENT, **changes))


@dataclass(slots=True)
class Front:
    """The small office at work."""

    desk: Desk
    clock: StoryClock
    office: SmallOffice = field(default_factory=SmallOffice)

    @property
    def drafter(self) -> Actor:
        return self.office.actor(Role.DRAFTER)

    @property
    def content_reviewer(self) -> Actor:
        return self.office.actor(Role.CONTENT_REVIEWER)

    @property
    def form_reviewer(self) -> Actor:
        return self.office.actor(Role.FORM_REVIEWER)

    @property
    def signatory(self) -> Actor:
        return self.office.actor(Role.SIGNATORY)

    @property
    def clerk(self) -> Actor:
        return self.office.actor(Role.REGISTRY_CLERK)

    def everybody(self) -> list[Actor]:
        return [self.office.actor(role) for role in NAMES]

    def start(self, draft: Draft = DRAFT) -> DirectiveId:
        return start_directive(self.desk, self.drafter, draft=draft)

    def submitted(self, draft: Draft = DRAFT) -> DirectiveId:
        key = self.start(draft)
        submit(self.desk, self.drafter, key)
        return key

    def reviewer(self, step: ReviewStep) -> Actor:
        return {
            ReviewStep.CONTENT: self.content_reviewer,
            ReviewStep.FORM: self.form_reviewer,
            ReviewStep.APPROVAL: self.signatory,
        }[step]

    def passes(self, key: DirectiveId, step: ReviewStep) -> str:
        revision = self.directive(key).revision
        return pass_step(self.desk, self.reviewer(step), key, step, revision=revision)

    def approved(self, draft: Draft = DRAFT) -> DirectiveId:
        key = self.submitted(draft)
        for step in ReviewStep:
            self.passes(key, step)
        return key

    def numbered(self, draft: Draft = DRAFT) -> DirectiveId:
        key = self.approved(draft)
        take_number(self.desk, self.clerk, key)
        return key

    def frozen(self, draft: Draft = DRAFT) -> DirectiveId:
        key = self.numbered(draft)
        freeze(self.desk, key)
        return key

    def directive(self, key: DirectiveId) -> Directive:
        with self.desk.database.reading() as session:
            return session.get_one(Directive, key)

    def state(self, key: DirectiveId) -> str:
        return self.directive(key).state

    def events(self, key: DirectiveId | str | None = None) -> list[AuditEvent]:
        """The audit events of a directive, or all of them."""
        query = select(AuditEvent).order_by(AuditEvent.sequence)
        if key is not None:
            query = query.where(AuditEvent.subject_id == str(key))
        with self.desk.database.reading() as session:
            return list(session.scalars(query))

    def last_event(self) -> AuditEvent:
        return self.events()[-1]

    def count(self, table: type[Any], *where: Any) -> int:  # noqa: ANN401 (SQL expressions)
        with self.desk.database.reading() as session:
            return len(list(session.scalars(select(table).where(*where))))

    def change(self, change: Callable[[Session], object]) -> None:
        """Changes rows behind the deeds' back."""
        with self.desk.database.writing() as session:
            change(session)


def make_front(
    database: Database,
    tmp_path: Path,
    clock: StoryClock,
    **parts: Any,  # noqa: ANN401 (parts of a desk, as in `make_desk`)
) -> Front:
    """The small office, written into empty tables."""
    office = small_office(database)
    return Front(make_desk(database, tmp_path, clock, **parts), clock, office)
