"""Writes the rows of an office file: makes what is new, changes what differs, deletes nothing.

Two things have no day on which they end and are written anew as a whole, with a record: the further
channels of a unit, and the ladder of a kind of directive.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.office_file.ladders import facts_of, kept_kinds, surplus
from actions.office_file.rows import TABLES, Wanted, label
from models.base import Base
from models.numbering import NumberSeries, TakenNumber
from models.officer import Officer, Post, RegisteredCertificate, SigningAuthority
from models.organisation import CalendarYear, Office, Organisation, UnitChannel

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row that differed from the file, with the columns that did."""

    label: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(slots=True)
class Written:
    """What was done to the rows."""

    created: list[str] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    missing: list[str] = field(default_factory=list)
    """Rows that the file does not name; they stay as they are."""
    kept_ladders: list[str] = field(default_factory=list)
    """Kinds of directives whose ladder a person set; the file's was passed over."""
    new_ladders: list[str] = field(default_factory=list)
    """Kinds of directives whose ladder is another one than before."""


def write_rows(session: Session, wanted: Iterable[Wanted]) -> Written:
    """Brings the rows to what the file wants. Does not commit. Idempotent."""
    written = Written()
    rows = _without_kept_ladders(session, list(wanted), written)
    _clear_channels(session, rows, written)
    _clear_ladders(session, rows, written)
    present = {kind: _present(session, table, columns) for kind, table, columns in TABLES}
    named: dict[str, set[Key]] = {kind: set() for kind in present}
    for want in rows:
        key = tuple(want.key.values())
        named[want.kind].add(key)
        row = present[want.kind].get(key)
        if row is None:
            session.add(want.table(**want.key, **want.values, **want.initial))
            # One at a time: what comes later refers to what came before.
            session.flush()
            written.created.append(want.label)
        else:
            _bring(session, row, want, written)
    for kind, _, columns in TABLES:
        if kind == "certificate" and not named[kind]:
            continue  # this office registers its certificates one by one, not by its file
        for key in present[kind].keys() - named[kind]:
            if kind == "ladder" and key[0] in written.kept_ladders:
                continue  # the file names this ladder; it was passed over
            written.missing.append(label(kind, dict(zip(columns, key, strict=True))))
    written.missing.sort()
    touched = [*written.created, *(change.label for change in written.changed)]
    written.new_ladders = sorted(
        {one.partition(":")[2].partition("/")[0] for one in touched if one.startswith("ladder:")}
    )
    session.flush()
    return written


def _without_kept_ladders(session: Session, rows: list[Wanted], written: Written) -> list[Wanted]:
    """Passes over the file's ladder of each kind whose ladder a person set."""
    kept = kept_kinds(session, rows)
    written.kept_ladders = sorted(kept)
    return [want for want in rows if want.kind != "ladder" or want.key["doc_type"] not in kept]


def _clear_ladders(session: Session, rows: list[Wanted], written: Written) -> None:
    """Takes out the steps of a ladder that the file has otherwise: one ladder holds at a time."""
    for row in surplus(session, rows):
        gone = label("ladder", {"doc_type": row.doc_type, "key": row.key})
        written.changed.append(Change(label=gone, before=facts_of(row), after={}))
        session.delete(row)
    session.flush()


def _clear_channels(session: Session, rows: list[Wanted], written: Written) -> None:
    """Takes out the further channels of units whose list differs; it is written anew as a whole.

    They have no day of their own on which they end, and two of them may change places.
    """
    units = {want.key["id"] for want in rows if want.table is Organisation}
    wanted = {
        tuple(want.key.values()): want.values["channel"]
        for want in rows
        if want.table is UnitChannel
    }
    stands = session.scalars(select(UnitChannel).where(UnitChannel.organisation_id.in_(units)))
    for row in stands.all():
        key = (row.organisation_id, row.rank)
        if wanted.get(key) != row.channel:
            gone = label("channel", dict(zip(("organisation_id", "rank"), key, strict=True)))
            before = {"channel": row.channel, "address": row.address}
            written.changed.append(Change(label=gone, before=before, after={}))
            session.delete(row)
    session.flush()


def _present(session: Session, table: type[Base], columns: tuple[str, ...]) -> dict[Key, Base]:
    return {
        tuple(getattr(row, column) for column in columns): row
        for row in session.scalars(select(table))
    }


def _bring(session: Session, row: Base, want: Wanted, written: Written) -> None:
    values = dict(want.values)
    if want.initial and not _in_use(session, row):
        values |= want.initial
    for name in _decided_by_deeds(session, row, values):
        del values[name]
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not differing:
        written.unchanged += 1
        return
    before = {name: getattr(row, name) for name in differing}
    for name, value in differing.items():
        setattr(row, name, value)
    written.changed.append(Change(label=want.label, before=before, after=differing))


def _decided_by_deeds(session: Session, row: Base, values: Mapping[str, Any]) -> set[str]:
    """Columns that a file written before cannot take back.

    Whether the office is on trial is decided by `trinhky setup finish`. A certificate that was
    ended stays ended, and so do officers who left, with their posts and authorities. A year whose
    days were confirmed stays so.
    """
    match row:
        case Office():
            return {"test_only"}
        case RegisteredCertificate(end_reason=str()):
            return {"valid_to", "key_kind", "key_location", "key_settings", "mechanism"}
        case Officer(left_on=date() as left_on):
            return {"left_on"} if (values["left_on"] or date.max) > left_on else set()
        case Post() | SigningAuthority():
            left_on = session.get_one(Officer, row.officer_id).left_on or date.max
            gone = row.valid_to is not None and (values["valid_to"] or date.max) > left_on
            return {"valid_to"} if gone else set()
        case CalendarYear(confirmed=True):
            return {"basis", "confirmed"}
        case _:
            return set()


def _in_use(session: Session, row: Base) -> bool:
    """A series that has given a number moves on by giving numbers alone."""
    return isinstance(row, NumberSeries) and (
        session.scalars(
            select(TakenNumber.number).where(TakenNumber.series_id == row.id).limit(1)
        ).first()
        is not None
    )
