"""Kinds of events that other systems may be told of, and the note that one has happened.

An event is noted in the transaction of the deed, from its audit event: it is told if and only if it
happened. What is told is what happened to what, never a content: who is told reads on by the API.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.ways import chunks
from models.audit import AuditEvent
from models.webhook import WebhookDelivery, WebhookSubscription

OF_DEEDS: Final[Mapping[str, str]] = {
    "submit": "directive.submitted",
    "approve": "directive.approved",
    "return": "directive.returned",
    "take_back": "directive.taken_back",
    "take_number": "directive.numbered",
    "complete_signature": "directive.signed",
    "complete_seal": "directive.sealed",
    "issue": "directive.issued",
    "recall": "directive.recalled",
    "replace": "directive.replaced",
    "correct": "directive.corrected",
    "cancel": "directive.cancelled",
    "close": "directive.closed",
    "acknowledge": "dispatch.acknowledged",
    "refuse_delivery": "dispatch.refused",
    "submit_report": "report.submitted",
    "accept_report": "report.accepted",
    "return_report": "report.returned",
    "request_extension": "extension.requested",
    "grant_extension": "extension.granted",
    "refuse_extension": "extension.refused",
    "consolidate": "report.consolidated",
    "arrive": "incoming.arrived",
}
"""Deed, as in the audit trail, to the kind of its event."""
DISPATCH_FAILED: Final = "dispatch.failed"
OVERDUE: Final = "obligation.overdue"
KINDS: Final = (*sorted({*OF_DEEDS.values(), DISPATCH_FAILED, OVERDUE}),)
"""All that may be asked for."""
_FAILED: Final = frozenset({"permanent", "unfit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One thing that happened."""

    kind: str
    subject_kind: str
    subject_id: str
    at: datetime
    origin: str
    """What makes it the same event: each is told to an address once."""
    sequence: int | None = None
    """Of its audit event, where it has one of its own."""


def note_events(session: Session, events: Iterable[AuditEvent]) -> None:
    """Notes for every address what it asked to be told of these deeds. Does not commit."""
    note(
        session,
        [
            Happened(
                kind=kind, subject_kind=event.subject_kind, subject_id=event.subject_id,
                at=event.at, origin=f"audit:{event.sequence}", sequence=event.sequence,
            )
            for event in events
            if event.outcome == "done" and (kind := _kind_of(event)) is not None
        ],
    )  # fmt: skip


def note(session: Session, happened: Sequence[Happened]) -> None:
    """Notes what happened for every address that asked for it; each origin once."""
    if not happened:
        return
    asked = session.scalars(
        select(WebhookSubscription).where(WebhookSubscription.disabled_at.is_(None))
    ).all()
    for whom in asked:
        wanted = {one.origin: one for one in happened if one.kind in whom.kinds}
        for some in chunks(list(wanted)):
            known = session.scalars(
                select(WebhookDelivery.origin).where(
                    WebhookDelivery.subscription_id == whom.id, WebhookDelivery.origin.in_(some)
                )
            ).all()
            session.add_all(
                _delivery(whom, wanted[origin]) for origin in some if origin not in known
            )


def _delivery(whom: WebhookSubscription, one: Happened) -> WebhookDelivery:
    data = {
        "subject_kind": one.subject_kind, "subject_id": one.subject_id, "sequence": one.sequence,
    }  # fmt: skip
    return WebhookDelivery(
        id=uuid.uuid4(), subscription_id=whom.id, kind=one.kind, origin=one.origin, data=data,
        at=one.at, next_at=one.at,
    )  # fmt: skip


def _kind_of(event: AuditEvent) -> str | None:
    if event.deed == "dispatch":
        return DISPATCH_FAILED if event.detail.get("outcome") in _FAILED else None
    return OF_DEEDS.get(event.deed)
