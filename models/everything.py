"""Imports every table, so that `Base.metadata` is whole. For migrations and tests."""

from models import (
    agent,
    amendment,
    audit,
    batch,
    credential,
    directive,
    discussion,
    dispatch,
    idempotency,
    incoming,
    judgement,
    numbering,
    obligation,
    officer,
    operation,
    organisation,
    outbox,
    paper,
    report,
    review,
    signature,
    webhook,
    work,
    working,
)
from models.base import Base

__all__ = ["TABLES", "metadata"]

TABLES = (
    agent,
    amendment,
    audit,
    batch,
    credential,
    directive,
    discussion,
    dispatch,
    idempotency,
    incoming,
    judgement,
    numbering,
    obligation,
    officer,
    operation,
    organisation,
    outbox,
    paper,
    report,
    review,
    signature,
    webhook,
    work,
    working,
)
metadata = Base.metadata
