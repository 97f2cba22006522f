"""The parts of a deed that must lie outside its transaction; a refusal there is audited too.

A deed that asks the network or a key cannot be one transaction: it looks first (`looking`), does
its act (`trying`), and then records it in the frame `actions.desk.doing`. These frames stand one
after the other, never inside each other, so that a refusal is written down once.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from actions.auditing import Actor
from actions.desk import Deed, Desk, record_refusal
from actions.errors import ActionRefusedError, UnavailableError
from archive.errors import ArchiveError


@contextmanager
def trying(
    desk: Desk, actor: Actor, name: str, *, subject: object, kind: str = "directive"
) -> Iterator[None]:
    """The frame of an act outside the database: a key, a service, the archive.

    An archive that does not answer is a refusal too: `UnavailableError`.
    """
    try:
        with archive_wrapped():
            yield
    except ActionRefusedError as refusal:
        record_refusal(desk, actor, name, refusal, kind=kind, subject=subject)
        raise


@contextmanager
def archive_wrapped() -> Iterator[None]:
    """Turns the archive's own errors into a refusal that says what to do."""
    try:
        yield
    except ArchiveError as err:
        raise UnavailableError("Kho lưu trữ", err.diagnosis()) from err


@contextmanager
def looking(
    desk: Desk, actor: Actor, name: str, *, subject: object = "", kind: str = "directive"
) -> Iterator[Deed]:
    """The first look of a deed: checks everything that can be checked, changes nothing."""
    with trying(desk, actor, name, subject=subject, kind=kind), desk.database.reading() as session:
        yield Deed(session=session, actor=actor, at=desk.clock(), subject_id=str(subject))
