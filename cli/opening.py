"""Opens what a command needs of the office: its tables alone, or the whole of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.errors import NoOfficeError
from models.migrating import upgrade
from models.organisation import Office as OfficeRow
from models.session import Database
from wiring.clock import Clock, open_clock
from wiring.sections import LogSettings
from wiring.settings import Settings, changed, load_settings

if TYPE_CHECKING:
    from wiring.bootstrap import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The tables of an office and its clock."""

    settings: Settings
    database: Database
    clock: Clock


@contextmanager
def opened_tables(*, new: bool = False) -> Iterator[Tables]:
    """Opens the tables, brought up to date.

    Args:
        new: whether there may be no office yet; then its folder is made.

    Raises:
        NoOfficeError: there is no office where the settings say.
        SettingsError: a setting is unknown or cannot be right.
    """
    from actions.notices.noting import followed  # noqa: PLC0415 (slow to load)

    settings = load_settings()
    if new:
        settings.home.mkdir(parents=True, exist_ok=True)
    elif settings.database is None:
        _require_file(settings)
    database = followed(Database(settings.database_url))
    try:
        upgrade(database.engine)
        if not new:
            _require_loaded(settings, database)
        yield Tables(settings=settings, database=database, clock=open_clock(settings, database))
    finally:
        database.close()


@contextmanager
def opened_office() -> "Iterator[Office]":
    """Opens the whole office, for deeds.

    Raises:
        NoOfficeError: there is no office where the settings say.
        SettingsError: a setting is unknown or cannot be right.
    """
    from wiring.bootstrap import open_office  # noqa: PLC0415 (loads signing, mail and the rest)

    settings = load_settings()
    if settings.database is None:
        _require_file(settings)
    with open_office(_quiet(settings)) as office:
        _require_loaded(settings, office.database)
        yield office


def _quiet(settings: Settings) -> Settings:
    """A person at a terminal reads answers, not what a service writes of its day."""
    usual = settings.log.level == LogSettings().level
    return changed(settings, log__level="WARNING") if usual else settings


def _require_file(settings: Settings) -> None:
    """Looks before the database is opened: opening it would make an empty one."""
    if not (settings.home / "office.sqlite").exists():
        raise NoOfficeError(str(settings.home))


def _require_loaded(settings: Settings, database: Database) -> None:
    with database.reading() as session:
        if session.get(OfficeRow, 1) is None:
            raise NoOfficeError(str(settings.home))
