"""From a file on the disk to the fields of the paper in it."""

from datetime import date
from pathlib import Path
from typing import Final

from cli.errors import FileUnreadableError
from deadlines.phrases import find_phrases
from documents.intake.files import read_file
from documents.intake.reading import read_text
from documents.intake.result import IntakeResult, KnownUnit

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
    result = read_text(text, directory=(), phrases=find_phrases)
    if directory is None:
        return result
    units = _units(directory, result.issue_date.value)
    return read_text(text, directory=units, phrases=find_phrases)


def _require_file(file: Path) -> None:
    if not file.is_file():
        raise FileUnreadableError(str(file), there=file.exists())


def _units(directory: str, day: date | None) -> tuple[KnownUnit, ...]:
    """The units of the paper's day."""
    if directory == OFFICE:
        return _of_office(day)
    source = _DEMO_FILE if directory == DEMO else Path(directory)
    _require_file(source)
    return _of_file(source, day)


def _of_office(day: date | None) -> tuple[KnownUnit, ...]:
    """Without a date on the paper: the units of today."""
    from actions.desk import local_day  # noqa: PLC0415 (slow to load; a paper alone needs no tables)
    from actions.intake_reading import known_units  # noqa: PLC0415 (same)
    from cli.opening import opened_tables  # noqa: PLC0415 (same)

    with opened_tables() as tables, tables.database.reading() as session:
        return known_units(session, day or local_day(tables.clock.now()))


def _of_file(source: Path, day: date | None) -> tuple[KnownUnit, ...]:
    """All groups, and the units that exist on the day; all units where the paper has no date."""
    from actions.office_file.errors import OfficeFileRefusedError  # noqa: PLC0415 (slow to load)
    from actions.office_file.reading import read_entries  # noqa: PLC0415 (same)

    try:
        read_in = read_entries(source.read_bytes())
    except OSError as error:
        raise FileUnreadableError(str(source), there=True) from error
    if read_in.entries is None:
        raise OfficeFileRefusedError(source.name, *read_in.problems)
    living = (
        one
        for one in read_in.entries.organisation
        if day is None or (one.valid_from <= day and (one.valid_to is None or day <= one.valid_to))
    )
    return (
        *(KnownUnit(id=one.id, name=one.name, aliases=tuple(one.aliases)) for one in living),
        *(
            KnownUnit(id=one.id, name=one.name, aliases=tuple(one.aliases), group=True)
            for one in read_in.entries.group
        ),
    )
