"""Imports every table, so that `Base.metadata` is whole. For migrations and tests."""

from models import (
    audit,
    directive,
    dispatch,
    numbering,
    obligation,
    officer,
    organisation,
    outbox,
    report,
    review,
    signature,
)
from models.base import Base

__all__ = ["TABLES", "metadata"]

TABLES = (
    audit,
    directive,
    dispatch,
    numbering,
    obligation,
    officer,
    organisation,
    outbox,
    report,
    review,
    signature,
)
metadata = Base.metadata
