"""Who gets a directive: one consignment and one outbox row per unit."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.desk import Deed
from actions.expanding import ExpandedUnit, expand
from actions.obliging import acting_units
from actions.offices import office_facts
from actions.outbox import enqueue
from delivery.envelope import message_id_for
from models.directive import Directive, RecipientLine
from models.dispatch import Consignment
from models.lifecycle import DeliveryState


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


def plan_consignments(
    deed: Deed, directive: Directive, *, mail_domain: str | None = None
) -> tuple[Consignment, ...]:
    """Writes one consignment and one outbox row per unit, as of today. Does not commit.

    A unit that cannot be reached gets a consignment in `held` with the reason, and no outbox row.

    Args:
        deed: the deed of issuing.
        directive: the directive being issued.
        mail_domain: right-hand side of the Message-IDs; the domain of the office's mailbox if None.

    Raises:
        NotFoundError: a line names a unit or group that does not exist.
    """
    domain = mail_domain or office_facts(deed.session).mail_domain
    planned = tuple(
        _consignment(deed, directive, unit, domain)
        for unit in preview_units(deed.session, directive, deed.day)
    )
    deed.session.add_all(planned)
    deed.session.flush()
    for consignment in planned:
        if consignment.state == DeliveryState.PLANNED:
            enqueue(deed, kind="consignment", ikey=consignment.key, reference=consignment.id)
    deed.session.flush()
    return planned


def _consignment(deed: Deed, directive: Directive, unit: ExpandedUnit, domain: str) -> Consignment:
    key = f"{directive.id}:{directive.revision}:{unit.organisation_id}:{unit.channel}"
    state = DeliveryState.HELD if unit.problem else DeliveryState.PLANNED
    words = (word for word in (unit.detail, unit.problem) if word)
    return Consignment(
        directive_id=directive.id,
        revision=directive.revision,
        organisation_id=unit.organisation_id,
        role=unit.role,
        lines=list(unit.lines),
        channel=unit.channel,
        address=unit.address or "",
        key=key,
        message_id=message_id_for(key, domain),
        state=state.value,
        detail=" ".join(words) or None,
        planned_at=deed.at,
    )
