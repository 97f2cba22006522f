"""Daily use on one machine: everything in the foreground until SIGTERM.

An empty database gets the demo office. An office with the demo's authority in its folder also gets
that authority and a mail server that keeps what is sent as files, unless the settings name others.
"""

import fcntl
import json
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType
from typing import Final

from sqlalchemy import select

from models.migrating import upgrade
from models.organisation import Office as OfficeRow
from models.session import Database
from wiring.bootstrap import open_office
from wiring.clock import open_clock, sleep
from wiring.demo_draft import put_demo_draft
from wiring.demo_setup import (
    SignIn,
    is_empty,
    pki_folder,
    prepare_authority,
    prepare_demo_office,
)
from wiring.errors import ServiceError
from wiring.processes import LOOPBACK, LocalEngine, any_port, free_port
from wiring.sections import MailSettings, TimestampSettings
from wiring.settings import Settings, changed

WATCH_S: Final = 1.0
MAIL_FOLDER: Final = "mail"
BEGUN: Final = "demo.begun"
"""Lies in the folder while the demo office is being loaded."""
Tell = Callable[[str], None]


class _StopError(BaseException):
    """SIGTERM or SIGINT came."""


def serve(settings: Settings, tell: Tell) -> None:
    """Serves until SIGTERM or SIGINT; leaves no process behind.

    Args:
        settings: ports that are taken are replaced by the next free ones.
        tell: prints one line for the person.

    Raises:
        ServiceError: a service does not start, or ended by itself and cannot be started again.
        WiringError: the office is served already, or a setting is wrong.
    """
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        with alone(settings):
            for line in prepare(settings):
                tell(line)
            with LocalEngine(with_ports(settings)) as engine:
                _serve(engine, tell)
    except _StopError:
        tell("Đã dừng.")


def _stop(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise _StopError


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Makes sure that nobody else serves the same folder.

    Raises:
        ServiceError: somebody does.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.home / "serve.lock"
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            raise ServiceError(
                "Trình Ký", f"thư mục {settings.home} đang được một tiến trình khác dùng", str(path)
            ) from err
        yield


def prepare(settings: Settings) -> tuple[str, ...]:
    """Brings the database up to date; loads the demo office into an empty one.

    Returns:
        Lines for the person: the demo's sign-ins, or nothing.
    """
    database = Database(settings.database_url)
    try:
        upgrade(database.engine)
        begun = settings.home / BEGUN
        if not is_empty(database) and not begun.exists():
            return ()
        # Whoever stops us in the middle finds the rest done at the next start.
        begun.touch()
        at = open_clock(settings, database).now()
        lines = sign_in_lines(prepare_demo_office(database, settings, at=at))
        with open_office(settings) as office:
            put_demo_draft(office, at=at)
        begun.unlink()
        return lines
    finally:
        database.close()


def sign_in_lines(sign_ins: Sequence[SignIn]) -> tuple[str, ...]:
    """Returns the demo's sign-ins as lines of a table."""
    rows = [("Họ tên", "Chức vụ", "Tài khoản", "Mật khẩu", "PIN")]
    rows += [(one.name, one.post, one.username, one.password, one.pin) for one in sign_ins]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return (
        "Cơ quan THỬ NGHIỆM đã được nạp: chữ ký, con dấu tạo ra không có giá trị pháp lý.",
        *("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows),
        "Một dự thảo đang chờ người soạn thảo trình: đăng nhập bằng tài khoản nguyen.minh.an.",
    )


def with_ports(settings: Settings) -> Settings:
    """Returns the settings with ports that are free now, so that every process knows them."""
    return changed(
        settings,
        prefect__port=free_port(settings.prefect.port),
        portal__port=free_port(settings.portal.port),
    )


def _serve(engine: LocalEngine, tell: Tell) -> None:
    for line in start_demo_services(engine):
        tell(line)
    with ThreadPoolExecutor(max_workers=1) as beside:
        starting = beside.submit(engine.start_engine)
        try:
            url = engine.start_portal()
            starting.result()
        except BaseException:
            # The other thread waits for processes: end them, and it ends too.
            engine.stop_all()
            raise
    tell(f"Trình Ký: {url}")
    while True:
        sleep(WATCH_S)
        for service in engine.fallen():
            engine.restart(service)


def start_demo_services(engine: LocalEngine) -> tuple[str, ...]:
    """Starts the trial authority and a mail server that keeps what is sent, where nothing is set.

    An office on trial has them from its first start: nobody starts anything again for a trial.

    Returns:
        Lines for the person: where the mail lies, or nothing.
    """
    settings = engine.settings
    pki = pki_folder(settings)
    if settings.timestamps == TimestampSettings():
        _prepare_authority(settings)
    if not (pki / "root.pem").exists():
        return ()
    if settings.timestamps == TimestampSettings():
        from wiring.demo_pki.recipe import TSA_URL  # noqa: PLC0415 (the demo's own)

        port = any_port()
        engine.start("authority", ["-m", "wiring.demo_pki.serve", str(pki), "--port", str(port)])
        engine.settings = changed(
            engine.settings,
            timestamps__url=TSA_URL,
            timestamps__proxy=f"http://{LOOPBACK}:{port}",
        )
    if settings.mail == MailSettings():
        engine.settings = changed(engine.settings, mail__port=any_port())
        _start_mail(engine)
        return (f"Thư gửi đi được giữ lại tại {settings.home / MAIL_FOLDER / 'sent'}.",)
    return ()


def _prepare_authority(settings: Settings) -> None:
    database = Database(settings.database_url)
    try:
        prepare_authority(database, settings)
    finally:
        database.close()


def _start_mail(engine: LocalEngine) -> None:
    settings = engine.settings
    config = settings.home / "mail.json"
    written = {
        "folder": str(settings.home / MAIL_FOLDER),
        "office": [_mailbox(settings)],
        "maildir": str(settings.inbox_folder),
        "port": settings.mail.port,
    }
    config.write_text(json.dumps(written), encoding="utf-8")
    engine.start("mail", ["-m", "wiring.stories.mail_server", "--config", str(config)])


def _mailbox(settings: Settings) -> str:
    database = Database(settings.database_url)
    try:
        with database.reading() as session:
            return session.scalars(select(OfficeRow.mailbox)).one()
    finally:
        database.close()
