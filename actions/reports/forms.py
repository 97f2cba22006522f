"""Tables that a directive asks its units to fill: defined for a task, fixed by the first answer."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from actions.access import require_role, roles_on
from actions.auditing import Actor
from actions.changing import expect_state, get_directive
from actions.closing import RUNNING
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, NotFoundError, Problem, WrongStateError
from documents.report_forms import FormColumn, TableForm, column_from_json, definition_faults
from documents.report_sheets import Heading, form_template_xlsx
from models.base import DirectiveId
from models.directive import Directive, DirectiveTask
from models.lifecycle import DirectiveState
from models.obligation import Obligation
from models.officer import Role
from models.organisation import Organisation
from models.report import Report, ReportForm

_D = DirectiveState
_OPEN = (
    _D.DRAFTING, _D.IN_REVIEW, _D.RETURNED, _D.APPROVED, _D.NUMBERED, _D.SIGNED, _D.SEALED, *RUNNING
)  # fmt: skip


def define_form(
    desk: Desk,
    actor: Actor,
    directive_id: DirectiveId,
    task_ref: str,
    *,
    title: str,
    columns: Sequence[FormColumn],
    rows: Sequence[str] = (),
) -> uuid.UUID:
    """Says which table the units fill for a task, before or after the issue. Returns its id.

    Defined anew before the first answer it gets the next version: templates of the old one are
    refused with that reason. Once a unit has answered it stays as it is.

    Raises:
        NotFoundError: no such directive, or no such task.
        NotAuthorisedError: the actor neither drafts nor follows up.
        WrongStateError: the directive is over, or a unit has answered in this form.
        InvalidInputError: the form cannot be filled as it is; each place is named.
    """
    with doing(desk, actor, "define_form", subject=directive_id) as deed:
        _require_may_define(deed, directive_id, task_ref)
        form = TableForm(
            id="", version=1, task_ref=task_ref, title=title.strip(), columns=tuple(columns),
            rows=tuple(row.strip() for row in rows),
        )  # fmt: skip
        faults = definition_faults(form)
        if faults:
            raise InvalidInputError(*(Problem(place=f.place, reason=f.reason) for f in faults))
        row = _written(deed, directive_id, form)
        deed.detail |= {"form": str(row.id), "task": task_ref, "version": row.version}
        return row.id


def drop_form(desk: Desk, actor: Actor, directive_id: DirectiveId, task_ref: str) -> None:
    """Asks for no table any more, as long as no unit has answered in it.

    Raises:
        NotFoundError: there is no such form.
        NotAuthorisedError, WrongStateError: as in `define_form`.
    """
    with doing(desk, actor, "drop_form", subject=directive_id) as deed:
        _require_may_define(deed, directive_id, task_ref)
        row = _row(deed.session, directive_id, task_ref)
        if row is None:
            raise NotFoundError("biểu số liệu", task_ref)
        _require_unanswered(deed.session, row)
        deed.session.execute(delete(ReportForm).where(ReportForm.id == row.id))
        deed.detail |= {"form": str(row.id), "task": task_ref}


def forms_of(
    session: Session,
    directive_id: DirectiveId,
    task_refs: Iterable[str] | None = None,
    *,
    lock: bool = False,
) -> list[TableForm]:
    """Returns the forms of a directive, or those of some of its tasks.

    With `lock` nobody defines them anew before the transaction ends.
    """
    query = (
        select(ReportForm)
        .where(ReportForm.directive_id == directive_id)
        .order_by(ReportForm.task_ref)
    )
    rows = session.scalars(query.with_for_update(read=True) if lock else query)
    wanted = None if task_refs is None else set(task_refs)
    return [as_form(row) for row in rows if wanted is None or row.task_ref in wanted]


def as_form(row: ReportForm) -> TableForm:
    """Returns a stored form."""
    return TableForm(
        id=str(row.id), version=row.version, task_ref=row.task_ref, title=row.title,
        columns=tuple(map(column_from_json, row.columns)), rows=tuple(map(str, row.rows)),
    )  # fmt: skip


def template_for(
    session: Session, directive: Directive, form: TableForm, unit: Organisation, at: datetime
) -> bytes:
    """Returns the workbook that a unit fills."""
    due = session.scalars(
        select(Obligation.due)
        .where(
            Obligation.directive_id == directive.id, Obligation.task_ref == form.task_ref,
            Obligation.organisation_id == unit.id, Obligation.due.is_not(None),
        )
        .order_by(Obligation.due.desc())
    ).first()  # fmt: skip
    heading = Heading(
        number=directive.number_text or "", unit=unit.name,
        deadline=f"{due:%d/%m/%Y}" if due else "",
    )  # fmt: skip
    return form_template_xlsx(form, heading, at=at)


def _require_may_define(deed: Deed, directive_id: DirectiveId, task_ref: str) -> None:
    directive = get_directive(deed.session, directive_id)
    held = roles_on(deed.session, deed.actor.id, directive.organisation_id, deed.day)
    role = Role.DRAFTER if Role.DRAFTER in held else Role.FOLLOW_UP
    require_role(deed, role, directive.organisation_id, "lập biểu số liệu")
    expect_state(directive, *_OPEN)
    tasks = select(DirectiveTask.ref).where(
        DirectiveTask.directive_id == directive_id,
        DirectiveTask.revision == directive.revision,
        DirectiveTask.ref == task_ref,
    )
    if deed.session.scalars(tasks).first() is None:
        raise NotFoundError("nhiệm vụ", task_ref)


def _row(session: Session, directive_id: DirectiveId, task_ref: str) -> ReportForm | None:
    return session.scalar(
        select(ReportForm)
        .where(ReportForm.directive_id == directive_id, ReportForm.task_ref == task_ref)
        .with_for_update()
    )


def _written(deed: Deed, directive_id: DirectiveId, form: TableForm) -> ReportForm:
    row = _row(deed.session, directive_id, form.task_ref)
    if row is None:
        row = ReportForm(directive_id=directive_id, task_ref=form.task_ref, version=1)
        deed.session.add(row)
    else:
        _require_unanswered(deed.session, row)
        row.version += 1
    row.title, row.rows = form.title, list(form.rows)
    row.columns = [one.to_json() for one in form.columns]
    row.created_by, row.created_at = deed.actor.id, deed.at
    deed.session.flush()
    return row


def _require_unanswered(session: Session, row: ReportForm) -> None:
    answered = (
        figures
        for figures in session.scalars(
            select(Report.figures).where(Report.directive_id == row.directive_id)
        )
        if str(row.id) in form_ids(figures)
    )
    if next(answered, None) is not None:
        raise WrongStateError(
            "Biểu số liệu", expected=("chưa có đơn vị nào trả lời",),
            actual="đã có đơn vị trả lời theo biểu này",
        )  # fmt: skip


def form_ids(figures: Mapping[str, Any]) -> frozenset[str]:
    """Returns the forms that a report has filled."""
    return frozenset(str(one["form"]) for one in figures.get("forms", ()))
