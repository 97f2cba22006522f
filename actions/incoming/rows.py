"""Rows of incoming papers: found, changed under guard, and who stands at the other end."""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from actions.desk import Deed
from actions.errors import NotFoundError, WrongStateError
from actions.incoming.words import STATE_WORDS
from actions.offices import mail_address, office_facts
from delivery.edxml.message import Party
from delivery.parcel import FORMS, Form
from models.dispatch import IncomingMessage
from models.incoming import IncomingDocument
from models.organisation import Organisation, UnitChannel

SUBJECT: Final = "incoming_document"
"""Kind of thing in the audit trail."""
AT_WORK: Final = ("accepted", "assigned", "in_progress", "done")
"""States of a paper that was registered and not taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How statuses and the reply go back to a sender."""

    channel: str | None
    """None: there is no way back."""
    address: str | None


def get_document(session: Session, document_id: uuid.UUID) -> IncomingDocument:
    """Returns the incoming paper.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(IncomingDocument, document_id)
    if found is None:
        raise NotFoundError("văn bản đến", document_id)
    return found


def require_state(document: IncomingDocument, *expected: str) -> None:
    """Raises `WrongStateError` unless the paper is in one of the states."""
    if document.state not in expected:
        raise wrong_state(document, *expected)


def wrong_state(document: IncomingDocument, *expected: str) -> WrongStateError:
    """Returns the refusal of a deed that needs another state."""
    return WrongStateError(
        "Văn bản đến",
        expected=tuple(STATE_WORDS[one] for one in expected),
        actual=STATE_WORDS[document.state],
    )


def change(
    deed: Deed,
    document: IncomingDocument,
    *expected: str,
    **values: Any,  # noqa: ANN401 (columns of every type)
) -> None:
    """Sets columns of a paper that is in one of the states, or refuses. Does not commit.

    The database decides: no row changed means that somebody was quicker.

    Raises:
        WrongStateError: it is in another state by now.
    """
    before = document.state
    changed = deed.session.execute(
        update(IncomingDocument)
        .where(IncomingDocument.id == document.id, IncomingDocument.state.in_(expected))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    deed.session.refresh(document)
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise wrong_state(document, *expected)
    if "state" in values:
        deed.detail |= {"from": before, "to": values["state"]}


def our_party(session: Session) -> Party:
    """Returns this office as messages name it; without a code it goes by its own key.

    Raises:
        NotFoundError: no office was loaded.
    """
    facts = office_facts(session)
    row = session.get_one(Organisation, facts.organisation_id)
    return Party(organ_id=row.agency_id or row.id, name=row.name, email=facts.mailbox)


def organisation_by_agency(session: Session, agency_id: str) -> Organisation | None:
    """Returns the organisation with an agency id; the newest where ids were passed on."""
    if not agency_id:
        return None
    return session.scalars(
        select(Organisation)
        .where(Organisation.agency_id == agency_id)
        .order_by(Organisation.valid_to.is_not(None), Organisation.valid_from.desc())
    ).first()


def organisation_by_mail(session: Session, address: str) -> Organisation | None:
    """Returns the one organisation with this mail address; None where none or several have it."""
    if not address:
        return None
    query = select(Organisation).where(
        or_(Organisation.email == address, Organisation.address == address)
    )
    found = [one for one in session.scalars(query) if mail_address(one) == address]
    return found[0] if len(found) == 1 else None


def way_back(session: Session, sender: Organisation | None, via: str) -> Route:
    """Returns how an answer in edXML reaches the sender: the way it came, else another of its own.

    An unknown sender has none: its answers are kept and shown as held.
    """
    if sender is None:
        return Route(channel=None, address=None)
    ways = [(sender.channel, sender.address)]
    further = select(UnitChannel).where(UnitChannel.organisation_id == sender.id)
    ways += [
        (one.channel, one.address) for one in session.scalars(further.order_by(UnitChannel.rank))
    ]
    fit = [way for way in ways if FORMS.get(way[0]) is Form.EDXML and way[1]]
    for channel, address in sorted(fit, key=lambda way: way[0] != via):
        return Route(channel=channel, address=address)
    mail = mail_address(sender)
    return Route(channel="smtp" if mail else None, address=mail)


def came_from_another(session: Session, incoming_id: uuid.UUID | None, organ_id: str) -> str:
    """Returns who sent a message according to its channel, where that is not whom it names.

    Empty where both agree, or where the channel knows no sender.
    """
    sender = _sender(session, incoming_id)
    if not sender or sender == organ_id:
        return ""
    known = session.scalars(
        select(Organisation).where(
            or_(
                Organisation.id == sender,
                Organisation.agency_id == sender,
                Organisation.address == sender,
            )
        )
    ).all()
    if any(organ_id in {one.agency_id, one.id} for one in known):
        return ""
    return known[0].name if known else f"“{sender}”"


def is_senders_own(session: Session, incoming_id: uuid.UUID | None, organ_id: str) -> bool:
    """Tells whether the channel knows that a message is from whom it names.

    What changes an earlier paper counts only then; what merely comes may come from anybody.
    """
    known = _sender(session, incoming_id)
    return bool(known) and not came_from_another(session, incoming_id, organ_id)


def _sender(session: Session, incoming_id: uuid.UUID | None) -> str:
    row = session.get(IncomingMessage, incoming_id) if incoming_id is not None else None
    return row.sender if row is not None else ""
