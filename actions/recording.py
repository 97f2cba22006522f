"""Refusals of deeds that come before there is a desk: they too leave their audit event."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from actions.auditing import Actor, append_event
from actions.errors import ActionRefusedError
from models.session import Database


@contextmanager
def recording_refusals(
    database: Database, actor: Actor, name: str, *, kind: str, subject: str, at: datetime
) -> Iterator[None]:
    """Writes a refusal inside to the audit trail, in a transaction of its own, and lets it go on.

    Stands around the transaction of the deed, so that this one is rolled back before.
    """
    try:
        yield
    except ActionRefusedError as refusal:
        with database.writing() as session:
            append_event(
                session, actor=actor, deed=name, outcome="refused", subject_kind=kind,
                subject_id=subject, detail={"code": refusal.code, **refusal.facts()}, at=at,
            )  # fmt: skip
        raise
