"""Imports every table, so that `Base.metadata` is whole. For migrations and tests."""

from models import (
    agent,
    audit,
    batch,
    directive,
    dispatch,
    judgement,
    numbering,
    obligation,
    officer,
    organisation,
    outbox,
    paper,
    report,
    review,
    signature,
)
from models.base import Base

__all__ = ["TABLES", "metadata"]

TABLES = (
    agent,
    audit,
    batch,
    directive,
    dispatch,
    judgement,
    numbering,
    obligation,
    officer,
    organisation,
    outbox,
    paper,
    report,
    review,
    signature,
)
metadata = Base.metadata
