"""One entry of the office's data is changed: checked among all others, then written.

What was seen is named by its digest, so that of two administrators at once the second is told.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.accounts import require_administrator
from actions.auditing import Actor, append_event
from actions.desk import Deed
from actions.errors import InvalidInputError, Problem, WrongStateError
from actions.office_file.checking import Finding, check_entries
from actions.office_file.reasons import reason_of
from actions.office_file.rows import rows_of
from actions.office_file.shapes import OfficeFile, Shape
from actions.office_file.standing import standing
from actions.office_file.writing import write_rows
from actions.recording import recording_refusals
from models.organisation import Office
from models.search import folded
from models.session import Database

Entry = TypeVar("Entry", bound=Shape)
_GAPS: Final = re.compile(r"[^a-z0-9]+")
_KEY: Final = re.compile(r"“([a-z0-9][a-z0-9.-]*)”")
LONGEST_KEY: Final = 60
_RESERVED: Final = ("moi",)
"""Words that stand in addresses of pages where a key does."""
FIELDS: Final[Mapping[str, str]] = {
    "name": "Tên", "abbreviation": "Chữ viết tắt", "aliases": "Tên gọi khác", "regime": "Thể thức",
    "parent": "Cấp trên", "agency_id": "Mã định danh", "channel": "Kênh gửi",
    "address": "Địa chỉ của kênh", "channels": "Kênh dự phòng",
    "place": "Địa danh", "valid_from": "Từ ngày", "valid_to": "Đến hết ngày",
    "successors": "Đơn vị kế thừa", "members": "Thành viên", "organisations": "Thành viên",
    "doc_type": "Loại văn bản", "period_from": "Từ ngày", "period_to": "Đến hết ngày",
    "title": "Chức danh", "organisation": "Nơi", "roles": "Vai trò", "email": "Thư điện tử",
    "posts": "Chức vụ", "officer": "Cán bộ", "capacity": "Tư cách ký", "position": "Chức vụ in",
    "lines": "Dòng quyền hạn", "doc_types": "Loại văn bản",
    "stands_at": "Số đã cấp gần nhất", "since": "Kế thừa từ ngày", "basis": "Căn cứ",
}  # fmt: skip
"""How a field is called to people, by its name in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of an entry."""

    key: str
    changed: bool
    """False where it was the same already."""


@contextmanager
def keeping(
    database: Database, actor: Actor, name: str, subject: str, *, at: datetime
) -> Iterator[Deed]:
    """The frame of a change of the office's data: one transaction, one administrator at a time.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
    """
    with (
        recording_refusals(database, actor, name, kind="office", subject=subject, at=at),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "sửa dữ liệu cơ quan")
        session.execute(select(Office.id).with_for_update())
        yield Deed(session=session, actor=actor, at=at)


def digest(entry: Shape | None) -> str:
    """Returns what names the state of an entry; empty for one that is not there yet."""
    if entry is None:
        return ""
    return hashlib.sha256(entry.model_dump_json(warnings=False).encode()).hexdigest()[:32]


def require_seen(entry: Shape | None, seen: str, what: str) -> None:
    """Insists that an entry is still what was seen.

    Raises:
        WrongStateError: somebody else has changed it.
    """
    if digest(entry) != seen:
        raise WrongStateError(
            what, expected=("chưa ai sửa từ lúc mở trang",), actual="vừa được người khác sửa"
        )


def entry_of(shape: type[Entry], values: Mapping[str, Any]) -> Entry:
    """Returns an entry of what was typed; empty fields are left out.

    Raises:
        InvalidInputError: fields are wrong; names each by what it is called.
    """
    given = {name: value for name, value in values.items() if value not in ("", None)}
    try:
        return shape.model_validate(given)
    except ValidationError as err:
        raise InvalidInputError(
            *(
                Problem(place=_place(error["loc"]), reason=f"{_reason(error)}.")
                for error in err.errors(include_url=False)
            )
        ) from err


def write(deed: Deed, new: OfficeFile, old: OfficeFile, name: str, key: str) -> bool:
    """Writes the office with one entry changed; tells whether anything differs. Does not commit.

    Raises:
        InvalidInputError: something is wrong with it now that was not before.
    """
    found = _new_findings(new, old)
    if found:
        names = {one.id: one.name for one in new.organisation}
        names |= {one.id: one.name for one in new.group}
        raise InvalidInputError(
            *(
                Problem(place=_place(place), reason=f"{_named(said, names)}.")
                for place, said in found
            )
        )
    written = write_rows(deed.session, rows_of(new, []))
    if not written.created and not written.changed:
        return False
    append_event(
        deed.session, actor=deed.actor, deed=name, outcome="done", subject_kind="office",
        subject_id=key, at=deed.at,
        detail={
            "created": written.created,
            "changed": [
                {"label": one.label, "before": dict(one.before), "after": dict(one.after)}
                for one in written.changed
            ],
        },
    )  # fmt: skip
    return True


def office_now(session: Session) -> OfficeFile:
    """Returns the office as it stands."""
    return standing(session)


def put(entries: Sequence[Entry], new: Entry, key: str | None) -> list[Entry]:
    """Returns the entries with one in the place of that with its key, or behind them."""
    if key is None:
        return [*entries, new]
    return [new if getattr(one, "id", None) == key else one for one in entries]


def free_key(name: str, taken: Sequence[str]) -> str:
    """Returns a key for a new entry, made of its name: people read names, never keys."""
    stem = _GAPS.sub("-", folded(name)).strip("-")[:LONGEST_KEY].strip("-") or "muc"
    keys = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 4)))
    return next(key for key in keys if key not in {*taken, *_RESERVED})


def _reason(error: ErrorDetails) -> str:
    return "không được để trống" if error["type"] == "missing" else reason_of(error)


def _new_findings(new: OfficeFile, old: OfficeFile) -> list[Finding]:
    """Returns what is wrong now and was not: rows of before a rule bar nobody's change."""
    known, found = Counter(said for _, said in check_entries(old)), []
    for place, said in check_entries(new):
        if known[said]:
            known[said] -= 1
        else:
            found.append((place, said))
    return found


def _named(said: str, names: Mapping[str, str]) -> str:
    """Says a unit or group by its name where a rule of the file says its key; no field of it."""
    plain = said.removesuffix(" ở mục basis").removesuffix(" ở mục valid_to")
    return _KEY.sub(lambda found: f"“{names.get(found[1], found[1])}”", plain)


def _place(place: Sequence[str | int]) -> str:
    known = [FIELDS[str(part)] for part in place if str(part) in FIELDS]
    return known[-1] if known else "Mục này"
