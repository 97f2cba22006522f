"""Writing a message down that came in, before anything is made of it: once, by its key."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.dispatch import IncomingMessage
from models.session import Database


def write_down(database: Database, message: IncomingMessage) -> UUID | None:
    """Stores a message whose bytes the archive has; returns its identifier.

    None where the same one was dealt with before. One that a crash left half done is given back,
    and so is one that another process writes down at this very moment: both may finish it, since
    each step after this one is guarded.
    """
    known = select(IncomingMessage).where(IncomingMessage.dedupe_key == message.dedupe_key)
    try:
        with database.writing() as session:
            found = session.scalar(known)
            if found is None:
                session.add(message)
                session.flush()
                return message.id
    except IntegrityError:
        with database.reading() as session:
            found = session.scalars(known).one()
    return found.id if found.state == "new" else None
