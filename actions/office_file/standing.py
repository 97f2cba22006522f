"""The office as it stands, as the entries of an office file, and as the file itself.

What is written here is read again with no change. Certificates are not in it: their files lie at
the server, and each is registered by itself.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.office_file.shapes import (
    AuthorityEntry,
    CalendarYearEntry,
    ChannelEntry,
    DayOffEntry,
    GroupEntry,
    LadderEntry,
    MembersEntry,
    OfficeEntry,
    OfficeFile,
    OfficerEntry,
    OrganisationEntry,
    PostEntry,
    SeriesEntry,
    SuccessorEntry,
    WorkingDayEntry,
)
from models.numbering import NumberSeries
from models.officer import Capacity, Officer, Post, Role, SigningAuthority
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

_OF_OFFICE: Final = (
    "mailbox", "form_of_address", "test_only", "number_after_signing", "number_by_machine",
    "go_on_without_timestamp", "unknown_policy", "warn_before_h", "refuse_broken_arrivals",
    "code_printed", "code_shows_subject", "found_by_number", "quiet_from", "quiet_to",
)  # fmt: skip
_OF_UNIT: Final = (
    "id", "name", "abbreviation", "aliases", "regime", "agency_id", "channel", "address", "email",
    "place", "valid_from", "valid_to", "invented",
)  # fmt: skip


def standing(session: Session) -> OfficeFile:
    """Returns the office as it stands. Rows are taken as they are, also where a rule came later."""
    office = session.get_one(Office, 1)
    days = session.scalars(select(DayOff).order_by(DayOff.day)).all()
    return OfficeFile.model_construct(
        office=OfficeEntry.model_construct(
            organisation=office.organisation_id, **_columns(office, _OF_OFFICE)
        ),
        organisation=[*_units(session)],
        group=[*_groups(session)],
        officer=[*_officers(session)],
        authority=[*_authorities(session)],
        certificate=[],
        series=[*_series(session)],
        day_off=[
            DayOffEntry.model_construct(day=one.day, to=None, label=one.label)
            for one in days if not one.working
        ],
        working_saturday=[
            WorkingDayEntry.model_construct(day=one.day, label=one.label)
            for one in days if one.working
        ],
        calendar_year=[
            CalendarYearEntry.model_construct(
                year=one.year, basis=one.basis, confirmed=one.confirmed
            )
            for one in session.scalars(select(CalendarYear).order_by(CalendarYear.year))
            if one.basis
        ],
        ladder=[
            LadderEntry.model_construct(
                **_columns(one, ("doc_type", "key", "working_days", "audience", "wording"))
            )
            for one in session.scalars(
                select(LadderStepRow).order_by(LadderStepRow.doc_type, LadderStepRow.working_days)
            )
        ],
    )  # fmt: skip


def _columns(row: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _units(session: Session) -> Iterator[OrganisationEntry]:
    further: dict[str, list[ChannelEntry]] = defaultdict(list)
    for one in session.scalars(
        select(UnitChannel).order_by(UnitChannel.organisation_id, UnitChannel.rank)
    ):
        further[one.organisation_id].append(
            ChannelEntry.model_construct(channel=one.channel, address=one.address)
        )
    heirs: dict[str, list[SuccessorEntry]] = defaultdict(list)
    for heir in session.scalars(
        select(OrganisationSuccessor).order_by(OrganisationSuccessor.successor_id)
    ):
        heirs[heir.organisation_id].append(
            SuccessorEntry.model_construct(
                organisation=heir.successor_id, since=heir.since, basis=heir.basis
            )
        )
    for unit in session.scalars(select(Organisation).order_by(Organisation.id)):
        yield OrganisationEntry.model_construct(
            **_columns(unit, _OF_UNIT), parent=unit.parent_id, channels=further[unit.id],
            successors=heirs[unit.id],
        )  # fmt: skip


def _groups(session: Session) -> Iterator[GroupEntry]:
    members: dict[str, list[GroupMembership]] = defaultdict(list)
    for one in session.scalars(
        select(GroupMembership).order_by(
            GroupMembership.group_id, GroupMembership.valid_from, GroupMembership.organisation_id
        )
    ):
        members[one.group_id].append(one)
    for group in session.scalars(select(UnitGroup).order_by(UnitGroup.id)):
        spans: dict[tuple[date, date | None], list[str]] = defaultdict(list)
        for one in members[group.id]:
            spans[one.valid_from, one.valid_to].append(one.organisation_id)
        yield GroupEntry.model_construct(
            id=group.id, name=group.name, aliases=group.aliases,
            members=[
                MembersEntry.model_construct(organisations=units, valid_from=first, valid_to=last)
                for (first, last), units in spans.items()
            ],
        )  # fmt: skip


def _officers(session: Session) -> Iterator[OfficerEntry]:
    posts: dict[str, list[PostEntry]] = defaultdict(list)
    for post in session.scalars(select(Post).order_by(Post.officer_id, Post.valid_from, Post.id)):
        posts[post.officer_id].append(
            PostEntry.model_construct(
                organisation=post.organisation_id, title=post.title,
                roles=[Role(role) for role in post.roles], valid_from=post.valid_from,
                valid_to=post.valid_to,
            )
        )  # fmt: skip
    for one in session.scalars(select(Officer).order_by(Officer.id)):
        yield OfficerEntry.model_construct(
            **_columns(one, ("id", "name", "email", "left_on")), posts=posts[one.id], invented=False
        )


def _authorities(session: Session) -> Iterator[AuthorityEntry]:
    names = ("id", "on_behalf_of", "position", "doc_types", "basis", "valid_from", "valid_to")
    for one in session.scalars(select(SigningAuthority).order_by(SigningAuthority.id)):
        yield AuthorityEntry.model_construct(
            **_columns(one, names), officer=one.officer_id, organisation=one.organisation_id,
            capacity=Capacity(one.capacity), lines=one.capacity_lines,
        )  # fmt: skip


def _series(session: Session) -> Iterator[SeriesEntry]:
    names = ("id", "regime", "doc_type", "period_from", "period_to", "stands_at")
    for one in session.scalars(select(NumberSeries).order_by(NumberSeries.id)):
        yield SeriesEntry.model_construct(**_columns(one, names), organisation=one.organisation_id)


def as_file(entries: OfficeFile, at: datetime) -> bytes:
    """Returns the text of an office file; runs of days off under one name stand in one entry."""
    whole = entries.model_dump(mode="python", warnings=False)
    whole["day_off"] = [*_runs(entries.day_off)]
    head = (
        f"# Dữ liệu của cơ quan như hệ thống đang giữ lúc {at:%H:%M} ngày {at:%d/%m/%Y}.\n"
        "# Sửa rồi nạp lại ở Quản trị, Dữ liệu cơ quan; nạp lại nguyên tệp này không thay đổi gì.\n"
        "# Chứng thư không nằm trong tệp; đăng ký ở Quản trị, Chứng thư.\n"
    )
    parts = [head, "[office]", *_lines(whole.pop("office"))]
    for kind, items in whole.items():
        for item in items:
            parts += ["", f"[[{kind}]]", *_lines(item)]
    return ("\n".join(parts) + "\n").encode()


def _runs(days: Sequence[DayOffEntry]) -> Iterator[dict[str, Any]]:
    numbered = enumerate(sorted(days, key=lambda one: one.day))
    for _, run in groupby(numbered, lambda one: (one[1].day.toordinal() - one[0], one[1].label)):
        each = [one for _, one in run]
        last = each[-1].day if len(each) > 1 else None
        yield {"day": each[0].day, "to": last, "label": each[0].label}


def _lines(item: Mapping[str, Any]) -> Iterator[str]:
    for name, value in item.items():
        if value not in (None, []):
            yield f"{name} = {_value(value)}"


def _value(value: Any) -> str:  # noqa: ANN401 (what TOML holds)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | date):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(_lines(value)) + " }"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
