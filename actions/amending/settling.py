"""What units owed of a directive that no longer holds: cancelled, or passed on, with a record."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, insert, select, update

from actions.desk import Deed
from actions.owing import alter, note_opened
from models.amendment import Amendment
from models.directive import Directive
from models.lifecycle import ObligationState
from models.obligation import Obligation, ObligationChange

_O = ObligationState
_LIVING = (_O.OPEN, _O.RETURNED, _O.EXTENSION_REQUESTED, _O.REPORTED)
"""What is not settled; a report that nobody has looked at yet included."""
_COPIED = (
    "leads", "what", "sentence", "is_report", "deadline_raw", "kind", "named_date", "inclusive",
    "last_allowed_day", "due", "computed", "flags", "period_key", "period_from", "period_to",
    "reports_through_id",
)  # fmt: skip


def cancel_owed(
    deed: Deed,
    directive: Directive,
    amendment: Amendment,
    *,
    organisations: Iterable[str] | None = None,
) -> int:
    """Cancels what is still owed, of some units or all; returns how many. Does not commit."""
    living = _living(directive, organisations)
    found = deed.session.execute(living.with_only_columns(Obligation.id, Obligation.state)).all()
    # Locked, and each of these states may be cancelled: no need to ask again one by one.
    if found:
        deed.session.execute(insert(ObligationChange), [
            {"obligation_id": key, "field": "state", "before": state,
             "after": _O.CANCELLED.value, "reason": amendment.reason, "amendment_id": amendment.id,
             "officer_id": amendment.officer_id, "at": deed.at}
            for key, state in found
        ])  # fmt: skip
        deed.session.execute(
            update(Obligation), [{"id": key, "state": _O.CANCELLED.value} for key, _ in found]
        )
    return len(found)


def pass_on(deed: Deed, old: Directive, new: Directive, amendment: Amendment) -> tuple[int, int]:
    """Passes on what is owed of `old` to `new`: what was open goes on, a report that waits stays.

    Where `new` asks the same unit for a task of the same reference, that one takes its place; else
    it is opened under `new` with the same words and the same day. A report that was handed in and
    not yet looked at answers the old directive: its obligation is cancelled with the record, and
    the new one is owed. Does not commit.

    Returns:
        How many were passed on, and how many of them were opened anew.
    """
    living = _living(old, None).execution_options(populate_existing=True)
    found, opened = deed.session.scalars(living).all(), 0
    for obligation in found:
        successor = _same_task(deed, new, obligation)
        if successor is None:
            successor = _open_again(deed, new, obligation, amendment)
            opened += 1
        if obligation.state == _O.REPORTED:
            _end(deed, obligation, _O.CANCELLED, amendment)
        else:
            _end(deed, obligation, _O.TRANSFERRED, amendment, successor=successor)
    return len(found), opened


def _living(directive: Directive, organisations: Iterable[str] | None) -> Select[tuple[Obligation]]:
    query = select(Obligation).where(
        Obligation.directive_id == directive.id,
        Obligation.state.in_([state.value for state in _LIVING]),
    )
    if organisations is not None:
        query = query.where(Obligation.organisation_id.in_(list(organisations)))
    # Locked, so that a report that comes at this very instant is before this or after it.
    return query.order_by(Obligation.id).with_for_update()


def _end(
    deed: Deed,
    obligation: Obligation,
    to: ObligationState,
    amendment: Amendment,
    successor: Obligation | None = None,
) -> None:
    heir: dict[str, Any] = {} if successor is None else {"successor_id": successor.id}
    alter(
        deed, obligation, reason=amendment.reason, amendment_id=amendment.id, state=to, **heir
    )  # fmt: skip


def _same_task(deed: Deed, new: Directive, old: Obligation) -> Obligation | None:
    return deed.session.scalar(
        select(Obligation).where(
            Obligation.directive_id == new.id,
            Obligation.organisation_id == old.organisation_id,
            Obligation.task_ref == old.task_ref,
            Obligation.period_key == old.period_key,
            Obligation.is_report == old.is_report,
        )
    )


def _open_again(deed: Deed, new: Directive, old: Obligation, amendment: Amendment) -> Obligation:
    # The reference may be taken by another kind of task; a mark tells the two apart.
    taken = deed.session.scalar(
        select(Obligation.id).where(
            Obligation.directive_id == new.id, Obligation.task_ref == old.task_ref,
            Obligation.organisation_id == old.organisation_id,
            Obligation.period_key == old.period_key,
        )
    )  # fmt: skip
    ref = old.task_ref if taken is None else f"{old.task_ref[:18]}*"
    made = Obligation(
        directive_id=new.id, task_ref=ref, organisation_id=old.organisation_id,
        opened_at=deed.at, **{name: getattr(old, name) for name in _COPIED},
    )  # fmt: skip
    deed.session.add(made)
    deed.session.flush()
    note_opened(deed, made, reason=amendment.reason, amendment_id=amendment.id)
    return made
