"""From the entries of an office file to the values of rows, keyed as the tables are keyed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from actions.office_file.checking import days_between
from actions.office_file.shapes import OfficeEntry, OfficeFile, OrganisationEntry
from models.base import Base
from models.numbering import NumberSeries
from models.officer import Officer, Post, RegisteredCertificate, SigningAuthority
from models.organisation import (
    CalendarYear,
    DayOff,
    GroupMembership,
    LadderStepRow,
    Office,
    Organisation,
    OrganisationSuccessor,
    UnitChannel,
    UnitGroup,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCertificate:
    """What an entry `[[certificate]]` came to, its file read."""

    fingerprint: str
    """SHA-256 of the DER, lower-case hex."""
    subject: str
    der: bytes
    key_location: str | None
    """The key's file, beside the office file where it was given relative."""
    trial: bool
    """True for one of the trial authority, or said to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A row as the file wants it."""

    table: type[Base]
    kind: str
    """Name of the kind in the file; part of what the summary calls it."""
    key: Mapping[str, Any]
    """Columns by which the row is found again."""
    values: Mapping[str, Any]
    """All further columns that the file decides."""
    initial: Mapping[str, Any] = field(default_factory=dict)
    """Columns that the file decides only until the office has begun to use the row."""

    @property
    def label(self) -> str:
        """How the summary and the audit trail call it: `organisation:so-tt`."""
        return label(self.kind, self.key)


TABLES: tuple[tuple[str, type[Base], tuple[str, ...]], ...] = (
    ("organisation", Organisation, ("id",)),
    ("channel", UnitChannel, ("organisation_id", "rank")),
    ("successor", OrganisationSuccessor, ("organisation_id", "successor_id")),
    ("group", UnitGroup, ("id",)),
    ("membership", GroupMembership, ("group_id", "organisation_id", "valid_from")),
    ("officer", Officer, ("id",)),
    ("post", Post, ("officer_id", "organisation_id", "title", "valid_from")),
    ("authority", SigningAuthority, ("id",)),
    ("certificate", RegisteredCertificate, ("fingerprint",)),
    ("series", NumberSeries, ("id",)),
    ("day", DayOff, ("day",)),
    ("calendar_year", CalendarYear, ("year",)),
    ("ladder", LadderStepRow, ("doc_type", "key")),
    ("office", Office, ("id",)),
)
"""Every kind of row that an office file decides: its name, its table, the columns of its key."""


def label(kind: str, key: Mapping[str, Any]) -> str:
    """Returns `kind:part/part`, the parts in the order of the key."""
    return f"{kind}:" + "/".join(str(part) for part in key.values())


def rows_of(entries: OfficeFile, certificates: list[ReadCertificate]) -> Iterator[Wanted]:
    """Yields every row of a file, whatever is referred to before what refers to it."""
    yield from _organisations(entries)
    yield from _groups(entries)
    yield from _officers(entries)
    yield from _authorities(entries)
    yield from _certificates(entries, certificates)
    yield from _series(entries)
    yield from _calendar(entries)
    office = entries.office
    yield Wanted(
        table=Office, kind="office", key={"id": 1},
        values={
            "organisation_id": office.organisation, "mailbox": office.mailbox,
            "form_of_address": office.form_of_address, "test_only": office.test_only,
            "number_after_signing": office.number_after_signing,
            "number_by_machine": office.number_by_machine,
            "go_on_without_timestamp": office.go_on_without_timestamp,
            "unknown_policy": office.unknown_policy, "warn_before_h": office.warn_before_h,
            "refuse_broken_arrivals": office.refuse_broken_arrivals,
            "code_printed": office.code_printed, "code_shows_subject": office.code_shows_subject,
            "found_by_number": office.found_by_number, **_quiet_hours(office),
        },
    )  # fmt: skip


def _quiet_hours(office: OfficeEntry) -> dict[str, str]:
    """A file that names none leaves them as they are: they are set by a deed too."""
    if office.quiet_from is None or office.quiet_to is None:
        return {}
    return {"quiet_from": office.quiet_from, "quiet_to": office.quiet_to}


def _superiors_first(units: list[OrganisationEntry]) -> Iterator[OrganisationEntry]:
    by_id, done = {unit.id: unit for unit in units}, set[str]()

    def walk(unit: OrganisationEntry) -> Iterator[OrganisationEntry]:
        if unit.id in done:
            return
        if unit.parent is not None:
            yield from walk(by_id[unit.parent])
        done.add(unit.id)
        yield unit

    for unit in units:
        yield from walk(unit)


def _organisations(entries: OfficeFile) -> Iterator[Wanted]:
    for unit in _superiors_first(entries.organisation):
        values = unit.model_dump(exclude={"id", "parent", "successors", "channels"})
        yield Wanted(
            table=Organisation, kind="organisation", key={"id": unit.id},
            values={**values, "parent_id": unit.parent},
        )  # fmt: skip
        for rank, further in enumerate(unit.channels, 1):
            yield Wanted(
                table=UnitChannel, kind="channel", key={"organisation_id": unit.id, "rank": rank},
                values={"channel": further.channel, "address": further.address},
            )  # fmt: skip
    for unit in entries.organisation:
        for successor in unit.successors:
            yield Wanted(
                table=OrganisationSuccessor, kind="successor",
                key={"organisation_id": unit.id, "successor_id": successor.organisation},
                values={"since": successor.since, "basis": successor.basis},
            )  # fmt: skip


def _groups(entries: OfficeFile) -> Iterator[Wanted]:
    for group in entries.group:
        yield Wanted(
            table=UnitGroup, kind="group", key={"id": group.id},
            values={"name": group.name, "aliases": group.aliases},
        )  # fmt: skip
        for members in group.members:
            for unit in members.organisations:
                key = {
                    "group_id": group.id,
                    "organisation_id": unit,
                    "valid_from": members.valid_from,
                }
                yield Wanted(
                    table=GroupMembership, kind="membership", key=key,
                    values={"valid_to": members.valid_to},
                )  # fmt: skip


def _officers(entries: OfficeFile) -> Iterator[Wanted]:
    for officer in entries.officer:
        yield Wanted(
            table=Officer, kind="officer", key={"id": officer.id},
            values=officer.model_dump(include={"name", "email", "left_on"}),
        )  # fmt: skip
        for post in officer.posts:
            key = {
                "officer_id": officer.id, "organisation_id": post.organisation,
                "title": post.title, "valid_from": post.valid_from,
            }  # fmt: skip
            roles = [role.value for role in post.roles]
            values = {"roles": roles, "valid_to": post.valid_to}
            yield Wanted(table=Post, kind="post", key=key, values=values)


def _authorities(entries: OfficeFile) -> Iterator[Wanted]:
    for one in entries.authority:
        values = one.model_dump(exclude={"id", "officer", "organisation", "lines", "capacity"})
        yield Wanted(
            table=SigningAuthority, kind="authority", key={"id": one.id},
            values={
                **values, "officer_id": one.officer, "organisation_id": one.organisation,
                "capacity": one.capacity.value, "capacity_lines": one.lines,
            },
        )  # fmt: skip


def _certificates(entries: OfficeFile, certificates: list[ReadCertificate]) -> Iterator[Wanted]:
    for entry, read in zip(entries.certificate, certificates, strict=True):
        yield Wanted(
            table=RegisteredCertificate, kind="certificate", key={"fingerprint": read.fingerprint},
            values={
                "officer_id": entry.officer, "organisation_id": entry.organisation,
                "subject": read.subject, "der": read.der,
                "key_kind": entry.key.kind if entry.key else "none",
                "key_location": read.key_location,
                "key_settings": entry.key.settings if entry.key else None,
                "mechanism": entry.key.mechanism if entry.key else None,
                "trial": read.trial,
                "valid_from": entry.valid_from, "valid_to": entry.valid_to,
            },
        )  # fmt: skip


def _series(entries: OfficeFile) -> Iterator[Wanted]:
    for series in entries.series:
        values = series.model_dump(exclude={"id", "organisation", "stands_at"})
        yield Wanted(
            table=NumberSeries, kind="series", key={"id": series.id},
            values={**values, "organisation_id": series.organisation},
            initial={"stands_at": series.stands_at},
        )  # fmt: skip


def _calendar(entries: OfficeFile) -> Iterator[Wanted]:
    for off in entries.day_off:
        for day in days_between(off.day, off.to):
            yield _day(day, off.label, working=False)
    for one in entries.working_saturday:
        yield _day(one.day, one.label, working=True)
    for year in entries.calendar_year:
        yield Wanted(
            table=CalendarYear, kind="calendar_year", key={"year": year.year},
            values=year.model_dump(exclude={"year"}),
        )  # fmt: skip
    for step in entries.ladder:
        yield Wanted(
            table=LadderStepRow, kind="ladder", key={"doc_type": step.doc_type, "key": step.key},
            values=step.model_dump(exclude={"doc_type", "key"}),
        )  # fmt: skip


def _day(day: object, text: str, *, working: bool) -> Wanted:
    values = {"label": text, "working": working}
    return Wanted(table=DayOff, kind="day", key={"day": day}, values=values)
