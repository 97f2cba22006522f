"""From a file on the disk to the fields of the paper in it."""

from datetime import date
from pathlib import Path
from typing import Final

from actions.desk import local_day
from actions.intake_reading import known_units, read_paper
from actions.office_file.errors import OfficeFileRefusedError
from actions.office_file.reading import read_entries
from actions.office_file.shapes import OfficeFile
from cli.errors import FileUnreadableError
from cli.opening import opened_tables
from documents.intake.files import read_file
from documents.intake.result import IntakeResult, KnownUnit
from wiring.clock import real_now

DEMO: Final = "demo"
OFFICE: Final = "office"
_DEMO_FILE: Final = Path(__file__).resolve().parent.parent / "demo" / "office.toml"


def read(file: Path, directory: str | None) -> IntakeResult:
    """Reads the paper in a file.

    With a directory the paper is read twice: which units there were depends on its date.

    Args:
        file: text, PDF, DOCX or image.
        directory: an office file, `office`, `demo`, or None for no directory.

    Raises:
        FileUnreadableError: the file or the office file is not there or may not be read.
        IntakeRefusedError: no text is to be had from it.
        OfficeFileRefusedError: the office file is wrong somewhere.
        NoOfficeError: `office` was asked for and none is loaded here.
    """
    _require_file(file)
    try:
        text = read_file(file)
    except OSError as error:
        raise FileUnreadableError(str(file), there=True) from error
    result = read_paper(text)
    if directory is None:
        return result
    day = result.issue_date.value or local_day(real_now())
    return read_paper(text, _units(directory, day))


def _require_file(file: Path) -> None:
    if not file.is_file():
        raise FileUnreadableError(str(file), there=file.exists())


def _units(directory: str, day: date) -> tuple[KnownUnit, ...]:
    if directory == OFFICE:
        with opened_tables() as tables, tables.database.reading() as session:
            return known_units(session, day)
    source = _DEMO_FILE if directory == DEMO else Path(directory)
    _require_file(source)
    try:
        read_in = read_entries(source.read_bytes())
    except OSError as error:
        raise FileUnreadableError(directory, there=True) from error
    if read_in.entries is None:
        raise OfficeFileRefusedError(source.name, *read_in.problems)
    return _of_file(read_in.entries, day)


def _of_file(entries: OfficeFile, day: date) -> tuple[KnownUnit, ...]:
    """The units that exist on a day, and all groups."""
    return (
        *(
            KnownUnit(id=one.id, name=one.name, aliases=tuple(one.aliases))
            for one in entries.organisation
            if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
        ),
        *(
            KnownUnit(id=one.id, name=one.name, aliases=tuple(one.aliases), group=True)
            for one in entries.group
        ),
    )
