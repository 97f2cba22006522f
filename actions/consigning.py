"""Consignments: one per unit and channel of a directive, planned with the decision to send."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions import outbox
from actions.access import require_role
from actions.auditing import Actor
from actions.changing import get_directive
from actions.closing import RUNNING
from actions.delivery_history import write_event
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, NotFoundError, Problem, WrongStateError
from actions.expanding import ExpandedUnit, expand
from actions.follow_up_words import DELIVERY_WORDS
from actions.obliging import acting_units
from actions.offices import working_calendar
from actions.sending_limits import send_by
from actions.ways import is_paper
from delivery.envelope import message_id_for
from models.directive import Directive, RecipientLine
from models.dispatch import Consignment
from models.lifecycle import NEEDS_A_PERSON, DeliveryState, DirectiveState
from models.officer import Role


def preview_units(session: Session, directive: Directive, day: date) -> tuple[ExpandedUnit, ...]:
    """Returns who would get the current revision on a day, in the order of the recipient list.

    Raises:
        NotFoundError: a line names a unit or group that does not exist.
    """
    lines = session.scalars(
        select(RecipientLine).where(
            RecipientLine.directive_id == directive.id,
            RecipientLine.revision == directive.revision,
        )
    ).all()
    return expand(
        session, lines, day,
        issuer_id=directive.organisation_id, acting=acting_units(session, directive, day),
    )  # fmt: skip


def plan_consignments(desk: Desk, deed: Deed, directive: Directive) -> tuple[Consignment, ...]:
    """Writes one consignment and one outbox row per unit, as of today. Does not commit.

    A unit that cannot be reached, or that takes paper, gets a consignment in `held` with the
    reason, and no outbox row.

    Args:
        desk: the tools.
        deed: the deed of issuing.
        directive: the directive being issued.

    Raises:
        NotFoundError: a line names a unit or group that does not exist.
    """
    return _plan(desk, deed, directive, preview_units(deed.session, directive, deed.day))


def plan_one(desk: Desk, deed: Deed, directive: Directive, unit: ExpandedUnit) -> Consignment:
    """Writes the consignment of one unit, with its outbox row unless it is held. Does not commit.

    Idempotent: a unit that has one of this revision keeps it.
    """
    return _plan(desk, deed, directive, (unit,))[0]


def _plan(
    desk: Desk, deed: Deed, directive: Directive, units: Iterable[ExpandedUnit]
) -> tuple[Consignment, ...]:
    """Writes all at once: thousands of units are a few statements."""
    before = {one.organisation_id: one for one in _standing(deed.session, directive)}
    limit = limit_of(deed, directive)
    found = {
        unit.organisation_id: before.get(unit.organisation_id)
        or _consignment(desk, deed, directive, unit, limit)
        for unit in units
    }
    made = [one for one in found.values() if one.organisation_id not in before]
    deed.session.add_all(made)
    deed.session.flush()
    queue(deed, directive, *(one for one in made if one.state == DeliveryState.PLANNED))
    return tuple(found.values())


def _standing(session: Session, directive: Directive) -> Iterable[Consignment]:
    return session.scalars(
        select(Consignment).where(
            Consignment.directive_id == directive.id,
            Consignment.revision == directive.revision,
            Consignment.rerouted_to_id.is_(None),
        )
    )


def limit_of(deed: Deed, directive: Directive) -> datetime:
    """Returns by when what is planned now must be sent."""
    urgent, calendar = bool(directive.urgency), working_calendar(deed.session)
    return send_by(deed.at, urgent=urgent, calendar=calendar)


def queue(deed: Deed, directive: Directive, *consignments: Consignment) -> None:
    """Writes the outbox rows of consignments of a directive. Does not commit."""
    outbox.enqueue_all(
        deed, kind="consignment", works=[(one.key, one.id, None) for one in consignments],
        priority=outbox.URGENT if directive.urgency else outbox.USUAL,
    )  # fmt: skip


def _consignment(
    desk: Desk, deed: Deed, directive: Directive, unit: ExpandedUnit, limit: datetime
) -> Consignment:
    state = DeliveryState.HELD if unit.problem else DeliveryState.PLANNED
    words = (word for word in (unit.detail, unit.problem) if word)
    key, message_id = names_of(desk, directive, unit.organisation_id, unit.channel)
    return Consignment(
        directive_id=directive.id,
        revision=directive.revision,
        organisation_id=unit.organisation_id,
        role=unit.role,
        lines=list(unit.lines),
        channel=unit.channel,
        address=unit.address or "",
        key=key,
        message_id=message_id,
        state=state.value,
        detail=" ".join(words) or None,
        planned_at=deed.at,
        send_by=limit,
    )


def names_of(
    desk: Desk, directive: Directive, organisation_id: str, channel: str
) -> tuple[str, str]:
    """Returns key and Message-ID of what a unit gets through a channel; for ever the same."""
    key = f"{directive.id}:{directive.revision}:{organisation_id}:{channel}"
    # With the office's secret in it no unit can work out the id of another one's message, and
    # forge a notice that this message did not arrive.
    link = desk.unit_link(organisation_id, str(directive.id))
    return key, message_id_for(f"{key}:{link}", desk.mail_domain)


def clerks_consignment(
    deed: Deed, consignment_id: UUID, what: str
) -> tuple[Consignment, Directive]:
    """Returns a consignment that the registry clerk may decide about, with its directive.

    Raises:
        NotFoundError: no such consignment.
        NotAuthorisedError: the actor is not the registry clerk.
        WrongStateError: the directive is taken back or replaced, or another channel took over.
    """
    # Locked: of two who decide at once the second one looks only after the first has decided.
    consignment = deed.session.get(Consignment, consignment_id, with_for_update=True)
    if consignment is None:
        raise NotFoundError("lượt gửi", consignment_id)
    directive = get_directive(deed.session, consignment.directive_id)
    require_role(deed, Role.REGISTRY_CLERK, directive.organisation_id, what)
    if DirectiveState(directive.state) not in (*RUNNING, DirectiveState.CLOSED):
        raise WrongStateError("Văn bản", expected=RUNNING, actual=directive.state)
    if consignment.rerouted_to_id is not None:
        raise WrongStateError(
            "Lượt gửi", expected=("là lượt gửi hiện hành",), actual="đã chuyển sang kênh khác"
        )
    return consignment, directive


def resend(
    desk: Desk,
    actor: Actor,
    consignment_id: UUID,
    *,
    address: str | None = None,
    reason: str = "",
) -> None:
    """Puts a consignment back into the outbox, by the clerk's decision.

    The key and the Message-ID stay: whoever got it already can see that it is the same message.

    Args:
        desk: the tools.
        actor: the registry clerk.
        consignment_id: one that is held, bounced, failed, unknown or refused.
        address: the right address, where the one on record was wrong or missing.
        reason: why, where there is more to say.

    Raises:
        NotFoundError: no such consignment.
        NotAuthorisedError: the actor is not the registry clerk.
        InvalidInputError: there is no address to send to, or it is paper.
        WrongStateError: it is under way, has arrived, was answered or rerouted, or the directive
            is taken back.
    """
    with doing(desk, actor, "resend", kind="consignment", subject=consignment_id) as deed:
        consignment, directive = clerks_consignment(deed, consignment_id, "gửi lại văn bản")
        target = (address or consignment.address).strip()
        _require_sendable(consignment, target)
        _plan_again(deed, consignment, target)
        if not outbox.queue_again(deed.session, consignment.key, at=deed.at):
            _queue_first(deed, directive, consignment)
        said = f"Văn thư cho gửi lại đến {target}." + (f" Lý do: {reason}" if reason else "")
        write_event(deed, consignment.id, source="officer", words=said, state=DeliveryState.PLANNED)
        deed.detail |= {
            "address": target, "organisation": consignment.organisation_id, "reason": reason,
        }  # fmt: skip


def _require_sendable(consignment: Consignment, target: str) -> None:
    if is_paper(consignment.channel):
        said = "Lượt gửi này là bản giấy; gửi bằng tay rồi ghi sổ, hoặc chuyển sang kênh khác."
        raise InvalidInputError(Problem(place="Kênh", reason=said))
    if not target:
        said = "Chưa có địa chỉ. Nhập địa chỉ rồi gửi lại."
        raise InvalidInputError(Problem(place="Địa chỉ", reason=said))


def _queue_first(deed: Deed, directive: Directive, consignment: Consignment) -> None:
    """Writes the outbox row of one that was never queued.

    One that waits there already (unknown, to be repeated by itself) is left as it is.
    """
    if not outbox.exists(deed.session, consignment.key):
        queue(deed, directive, consignment)


def _plan_again(deed: Deed, consignment: Consignment, address: str) -> None:
    changed = deed.session.execute(
        update(Consignment)
        .where(
            Consignment.id == consignment.id,
            Consignment.state.in_([state.value for state in NEEDS_A_PERSON]),
        )
        .values(state=DeliveryState.PLANNED.value, address=address, detail=None)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise WrongStateError(
            "Lượt gửi",
            expected=tuple(DELIVERY_WORDS[state] for state in NEEDS_A_PERSON),
            actual=DELIVERY_WORDS[DeliveryState(consignment.state)],
        )
