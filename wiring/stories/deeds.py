"""What people do in a story: each act is the very deed that the portal would call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from actions import (
    drafting,
    extending,
    issuing,
    numbering,
    reporting,
    reviewing,
    sealing,
    signing_off,
)
from actions.access import officer_actor
from actions.amending.recalling import recall
from actions.auditing import Actor
from actions.changing import get_directive
from actions.consolidating import consolidate
from actions.desk import local_day
from actions.reporting_upwards import draft_upwards
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import ReviewStep
from models.obligation import ExtensionRequest, Obligation
from models.organisation import Office as OfficeRow
from models.report import Report
from wiring import runs
from wiring.stories.errors import StoryError
from wiring.stories.motor import Motor
from wiring.stories.reviewed import Reviewed, make_draft
from wiring.stories.script import Act, Extension, Step, Story
from wiring.stories.stage import Stage


@dataclass(slots=True)
class People:
    """The people of a story, at work on its directive."""

    stage: Stage
    motor: Motor
    story: Story
    reviewed: Reviewed
    directive: DirectiveId | None = None

    @property
    def directive_id(self) -> DirectiveId:
        """The story's directive.

        Raises:
            StoryError: nobody has drafted it yet.
        """
        if self.directive is None:
            raise StoryError("step", "phải có bước draft trước bước này.")
        return self.directive

    def actor(self, who: str) -> Actor:
        """Returns the officer who plays a part, in the post held on that day."""
        officer = getattr(self.story.people, who)
        day = local_day(self.stage.clock.now())
        with self.stage.office.database.reading() as session:
            return officer_actor(session, officer, day)

    def act(self, step: Step) -> None:
        """Does what a step says.

        Raises:
            ActionRefusedError: as the deed says.
            StoryError: the step cannot be done at this place of the story.
        """
        _ACTS[step.does](self, self.actor(step.who), step)

    def decide(self, asked: Extension) -> None:
        """Lets the follow-up officer answer a request for more time.

        Raises:
            StoryError: the unit did not ask.
        """
        with self.stage.office.database.reading() as session:
            request = session.scalars(
                select(ExtensionRequest.id)
                .join(Obligation, Obligation.id == ExtensionRequest.obligation_id)
                .where(
                    Obligation.organisation_id == asked.unit,
                    Obligation.task_ref == asked.task,
                    ExtensionRequest.state == "asked",
                )
            ).first()
        if request is None:
            raise StoryError(asked.unit, "chưa xin gia hạn.")
        actor, desk = self.actor("follow_up"), self.stage.office.desk
        if asked.granted:
            extending.grant_extension(desk, actor, request, reason=asked.answer)
        else:
            extending.refuse_extension(desk, actor, request, reason=asked.answer)

    def row(self) -> Directive:
        """Returns the directive as it stands."""
        with self.stage.office.database.reading() as session:
            return get_directive(session, self.directive_id)

    def received_reports(self, unit: str | None = None) -> list[UUID]:
        """Returns the reports that wait for the follow-up officer and whose signature holds.

        Args:
            unit: of this unit alone; of all where None.
        """
        query = (
            select(Report.id)
            .where(
                Report.directive_id == self.directive_id,
                Report.state == "received",
                Report.verdict == "passed",
            )
            .order_by(Report.received_at, Report.id)
        )
        if unit is not None:
            query = query.where(Report.organisation_id == unit)
        with self.stage.office.database.reading() as session:
            return list(session.scalars(query))

    def agency(self) -> str:
        """Returns whose seal the clerk uses."""
        with self.stage.office.database.reading() as session:
            return session.scalars(select(OfficeRow)).one().organisation_id


def _draft(people: People, actor: Actor, step: Step) -> None:
    draft = make_draft(people.reviewed, people.story.people, step.changed)
    people.directive = drafting.start_directive(people.stage.office.desk, actor, draft=draft)


def _revise(people: People, actor: Actor, step: Step) -> None:
    drafting.revise(
        people.stage.office.desk,
        actor,
        people.directive_id,
        draft=make_draft(people.reviewed, people.story.people, step.changed),
        note=step.reason,
    )
    drafting.submit(people.stage.office.desk, actor, people.directive_id)


def _submit(people: People, actor: Actor, _step: Step) -> None:
    drafting.submit(people.stage.office.desk, actor, people.directive_id)


def _pass(review: ReviewStep) -> Callable[[People, Actor, Step], None]:
    def act(people: People, actor: Actor, _step: Step) -> None:
        reviewing.pass_step(
            people.stage.office.desk,
            actor,
            people.directive_id,
            review,
            revision=people.row().revision,
        )

    return act


def _return(people: People, actor: Actor, step: Step) -> None:
    reviewing.return_draft(
        people.stage.office.desk,
        actor,
        people.directive_id,
        reason=step.reason,
        revision=people.row().revision,
    )


def _take_number(people: People, actor: Actor, _step: Step) -> None:
    numbering.take_number(people.stage.office.desk, actor, people.directive_id)


def _sign(people: People, actor: Actor, step: Step) -> None:
    signing_off.sign(
        people.stage.office.desk,
        actor,
        people.directive_id,
        seen_sha256=people.row().frozen_sha256 or "",
        pin=step.pin or people.stage.pki.pin(actor.id),
    )


def _seal(people: People, actor: Actor, step: Step) -> None:
    sealing.seal(
        people.stage.office.desk,
        actor,
        people.directive_id,
        seen_sha256=people.row().signed_sha256 or "",
        pin=step.pin or people.stage.pki.pin(people.agency()),
    )


def _issue(people: People, actor: Actor, _step: Step) -> None:
    issuing.issue(people.stage.office.desk, actor, people.directive_id)


def _accept_reports(people: People, actor: Actor, step: Step) -> None:
    for report in people.received_reports():
        reporting.accept(people.stage.office.desk, actor, report, note=step.reason)


def _return_reports(people: People, actor: Actor, step: Step) -> None:
    for report in people.received_reports(step.unit):
        reporting.return_report(people.stage.office.desk, actor, report, reason=step.reason)


def _consolidate(people: People, actor: Actor, step: Step) -> None:
    if step.period is not None:
        consolidate(
            people.stage.office.desk, people.directive_id, actor=actor, period_key=step.period
        )
        return
    people.motor.run(runs.CONSOLIDATE, {"directive_id": str(people.directive_id)})


def _draft_upwards(people: People, actor: Actor, step: Step) -> None:
    draft_upwards(people.stage.office.desk, actor, people.directive_id, period_key=step.period)


def _recall(people: People, actor: Actor, step: Step) -> None:
    recall(people.stage.office.desk, actor, people.directive_id, reason=step.reason)


_ACTS: Final[Mapping[Act, Callable[[People, Actor, Step], None]]] = {
    Act.DRAFT: _draft,
    Act.SUBMIT: _submit,
    Act.CHECK_CONTENT: _pass(ReviewStep.CONTENT),
    Act.CHECK_FORM: _pass(ReviewStep.FORM),
    Act.APPROVE: _pass(ReviewStep.APPROVAL),
    Act.RETURN: _return,
    Act.REVISE: _revise,
    Act.TAKE_NUMBER: _take_number,
    Act.SIGN: _sign,
    Act.SEAL: _seal,
    Act.ISSUE: _issue,
    Act.ACCEPT_REPORTS: _accept_reports,
    Act.RETURN_REPORTS: _return_reports,
    Act.CONSOLIDATE: _consolidate,
    Act.DRAFT_UPWARDS: _draft_upwards,
    Act.RECALL: _recall,
}

ACT_WORDS: Final[Mapping[Act, str]] = {
    Act.DRAFT: "soạn dự thảo",
    Act.SUBMIT: "trình dự thảo",
    Act.CHECK_CONTENT: "kiểm tra nội dung: đạt",
    Act.CHECK_FORM: "kiểm tra thể thức: đạt",
    Act.APPROVE: "phê duyệt",
    Act.RETURN: "trả lại",
    Act.REVISE: "sửa và trình lại",
    Act.TAKE_NUMBER: "cấp số",
    Act.SIGN: "ký số",
    Act.SEAL: "đóng dấu (ký số cơ quan)",
    Act.ISSUE: "phát hành",
    Act.ACCEPT_REPORTS: "nhận các báo cáo đã đến",
    Act.RETURN_REPORTS: "trả lại các báo cáo đã đến",
    Act.CONSOLIDATE: "lập báo cáo tổng hợp",
    Act.DRAFT_UPWARDS: "soạn báo cáo lên cấp trên",
    Act.RECALL: "thu hồi văn bản",
}
