"""What the machine read right without help, beside what a person corrected."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from actions.desk import local_day
from actions.intake_reading import known_units, read_paper
from documents.intake.result import FoundDeadline, FoundRecipient, IntakeResult
from wiring.stories.reviewed import Reviewed, ReviewedRecipient, ReviewedTask
from wiring.stories.stage import Stage

NOTHING: Final = "(không đọc được)"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReading:
    """One field, as it was read and as a person left it."""

    field: str
    """What it is, in Vietnamese."""
    read: str
    reviewed: str
    right: bool
    """Equal but for case, spaces and Unicode form: marks count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The whole comparison."""

    fields: tuple[FieldReading, ...]
    unresolved: tuple[str, ...]
    """What the reader itself laid before a person."""

    @property
    def score(self) -> str:
        """Fields read right of all: `n/m`."""
        return f"{sum(one.right for one in self.fields)}/{len(self.fields)}"


def read_source(stage: Stage, source: Path, reviewed: Reviewed) -> Reading:
    """Reads the source with the office's directory and compares it with the reviewed fields."""
    with stage.office.database.reading() as session:
        directory = known_units(session, local_day(stage.clock.now()))
    result = read_paper(source.read_text(encoding="utf-8"), directory)
    return compare(result, reviewed)


def compare(result: IntakeResult, reviewed: Reviewed) -> Reading:
    """Compares field by field; every recipient line and every deadline is a field of its own."""
    fields = (
        *_header(result, reviewed),
        *_signer(result, reviewed),
        *_recipients(result, reviewed),
        *_deadlines(result, reviewed),
    )
    return Reading(
        fields=fields, unresolved=tuple(f"{one.text} ({one.why})" for one in result.unresolved)
    )


def _header(result: IntakeResult, reviewed: Reviewed) -> Iterator[FieldReading]:
    yield _field("Thể thức", result.regime.value, reviewed.regime)
    yield _field("Số, ký hiệu", result.number_full.value, reviewed.number_full)
    yield _field("Ngày ban hành", result.issue_date.value, reviewed.issue_date)
    yield _field("Địa danh", result.place.value, reviewed.place)
    yield _field("Tên loại", result.doc_type.value, reviewed.doc_type)
    yield _field("Cơ quan ban hành", result.issuer.value, reviewed.issuer)
    yield _field("Cơ quan cấp trên", result.parent_issuer.value, reviewed.parent_issuer)
    yield _field("Trích yếu", result.title.value, reviewed.title)
    read = {one.value.number_full: one.value.issued for one in result.cited}
    for cited in reviewed.cited:
        found = read.get(cited.number_full)
        said = f"{cited.number_full}, {_text(found)}" if cited.number_full in read else None
        yield _field("Căn cứ", said, f"{cited.number_full}, {_text(cited.date)}")


def _signer(result: IntakeResult, reviewed: Reviewed) -> Iterator[FieldReading]:
    found = result.signer.value
    wanted = reviewed.signer
    yield _field("Quyền hạn ký", found and found.capacity, wanted.capacity)
    yield _field("Ký thay", found and found.on_behalf_of, wanted.on_behalf_of)
    yield _field("Chức vụ người ký", found and found.position, wanted.position)
    yield _field("Người ký", found and found.name, wanted.name)


def _recipients(result: IntakeResult, reviewed: Reviewed) -> Iterator[FieldReading]:
    read = [one.value for one in result.recipients]
    for index, wanted in enumerate(reviewed.recipient):
        found = read[index] if index < len(read) else None
        yield FieldReading(
            field=f"Nơi nhận {index + 1}",
            read=NOTHING if found is None else f"{found.raw} [{found.role}]",
            reviewed=f"{wanted.raw} [{wanted.role}]",
            right=found is not None and _same_line(found, wanted),
        )


def _same_line(found: FoundRecipient, wanted: ReviewedRecipient) -> bool:
    """Words, role and the very units and groups of the directory."""
    units = {*wanted.organisations, *wanted.groups}
    return (
        _plain(found.raw) == _plain(wanted.raw)
        and found.role == wanted.role
        and set(found.units) == units
    )


def _deadlines(result: IntakeResult, reviewed: Reviewed) -> Iterator[FieldReading]:
    read = [one.value for one in result.deadlines]
    for task in reviewed.task:
        if task.deadline_raw is None:
            continue
        found = next((one for one in read if _same_deadline(one, task)), None)
        said = None if found is None else f"{found.raw} ({found.phrase.kind})"
        yield _field(f"Thời hạn {task.ref}", said, f"{task.deadline_raw} ({task.kind})")


def _same_deadline(found: FoundDeadline, task: ReviewedTask) -> bool:
    """Of the same units, with the same last day."""
    units = {_plain(unit) for unit in found.units}
    return (
        units == {_plain(unit) for unit in task.units}
        and found.phrase.last_allowed_day == task.last_allowed_day
    )


def _field(name: str, read: object, reviewed: object) -> FieldReading:
    said, wanted = _text(read), _text(reviewed)
    return FieldReading(
        field=name, read=said, reviewed=wanted, right=_plain(said) == _plain(wanted)
    )


def _text(value: object) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, date | datetime):
        return f"{value:%d/%m/%Y}"
    return str(value)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
