"""A desk of real parts for tests; whatever a test does not need refuses loudly when used."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from archive.store import LocalStore
from models.session import Database
from tests.support.clock import StoryClock

if TYPE_CHECKING:
    from actions.desk import Desk

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "node_modules" / "@expo-google-fonts" / "tinos"


class NotInThisTestError(AssertionError):
    """A deed used a part that the test did not hand over."""


def _absent(part: str) -> Callable[..., NoReturn]:
    def refuse(*_args: object, **_kwargs: object) -> NoReturn:
        raise NotInThisTestError(part)

    return refuse


def make_desk(
    database: Database,
    tmp_path: Path,
    clock: Callable[[], datetime] | None = None,
    *,
    services: Any = None,  # noqa: ANN401 (a stand-in serves most tests)
    open_key: Callable[..., Any] | None = None,
    judge: Callable[..., Any] | None = None,
    read_upload: Callable[..., Any] | None = None,
    channels: Mapping[str, Callable[[], Any]] | None = None,
    size_limit_bytes: int = 50 * 1024 * 1024,
) -> "Desk":
    """A desk over a real database and a real archive in `tmp_path`.

    Args:
        database: from the fixture `database`.
        tmp_path: the test's own folder.
        clock: a `StoryClock`, made anew where none is given.
        services: `signing` trust services, for tests that sign.
        open_key: opens keys, for tests that sign.
        judge: judges PDFs, for tests that sign or take reports.
        read_upload: checks what was signed elsewhere, for tests that take it.
        channels: makes channels by name, for tests that send.
        size_limit_bytes: limit of a file that comes in.
    """
    from actions.desk import Desk  # noqa: PLC0415 (needs the whole of signing; few tests do)

    return Desk(
        database=database,
        archive=LocalStore(tmp_path / "archive"),
        clock=clock or StoryClock(),
        fonts=FONTS,
        services=services,
        open_key=open_key or _absent("open_key"),
        judge=judge or _absent("judge"),
        read_upload=read_upload or _absent("read_upload"),
        channels=channels if channels is not None else {},
        mail_domain="trinhky.example",
        unit_link=lambda organisation, directive, serial=1: (
            f"https://trinhky.example/don-vi/{organisation}/{directive}"
            + (f"/{serial}" if serial > 1 else "")
        ),
        size_limit_bytes=size_limit_bytes,
    )
