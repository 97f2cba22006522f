"""What a story needs running, all of its own: database, archive, authority, mail, Prefect.

Nothing lies outside the story's folder, nothing listens outside the loopback interface, and nothing
is left running afterwards.
"""

import json
import shutil
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select

from actions.offices import mail_address
from models.organisation import Office as OfficeRow
from models.organisation import Organisation
from models.session import Database
from wiring.bootstrap import Office, open_office
from wiring.clock import SimulatedClock, monotonic_s, sleep
from wiring.demo_pki.build import DemoPKI
from wiring.demo_pki.recipe import TSA_URL
from wiring.demo_setup import DEMO_OFFICE, set_up_office
from wiring.processes import LOOPBACK, LocalEngine, Service, any_port
from wiring.settings import Settings, load_settings
from wiring.stories.errors import StoryError
from wiring.stories.script import Channel, Story

MARKER: Final = ".story"
"""Lies in a folder that a story may clear: nothing else is ever deleted."""
START_S: Final = 30.0
_QUICK_MAIL: Final = {"accept_then_dsn": 0.1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A running office of a story."""

    folder: Path
    office: Office
    engine: LocalEngine
    pki: DemoPKI
    clock: SimulatedClock
    authority: Service
    """The process of the trial authority."""
    mailbox: str
    """The office's address."""

    @property
    def mail(self) -> Path:
        """Where the mail server keeps messages: `sent`, `received`."""
        return self.folder / "mail"

    @property
    def edxml_sent(self) -> Path:
        """Where units with a document system of their own get messages of QCVN 102."""
        return self.folder / "edxml" / "sent"

    def freeze_authority(self) -> None:
        """Stops the authority from answering, as a slow service would."""
        self.authority.process.send_signal(signal.SIGSTOP)

    def thaw_authority(self) -> None:
        """Lets the authority answer again."""
        self.authority.process.send_signal(signal.SIGCONT)

    def worker_pid(self) -> int:
        """Process id of the worker that runs now.

        Raises:
            StoryError: none runs.
        """
        for service in reversed(self.engine.services):
            if service.name == "worker" and service.is_running:
                return service.process.pid
        raise StoryError("tiến trình", "không có tiến trình thực hiện nào đang chạy.")


def make_folders(settings: Settings) -> None:
    """Makes the folders of the channels: in a story no share can be missing."""
    for place in (settings.pickup_folder, settings.edxml_outbox_folder):
        place.mkdir(parents=True, exist_ok=True)


def clear_folder(folder: Path) -> None:
    """Makes the story's folder, or empties one that an earlier story left.

    Raises:
        StoryError: it holds something that no story made.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise StoryError(str(folder), "thư mục không trống và không do kịch bản nào tạo ra.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).touch()


@contextmanager
def open_stage(story: Story, folder: Path) -> Iterator[Stage]:
    """Sets everything up at the story's first instant, and takes it down at the end."""
    clear_folder(folder)
    settings = _settings(folder)
    make_folders(settings)
    with LocalEngine(settings) as engine, ThreadPoolExecutor(max_workers=1) as beside:
        # Prefect's server takes seconds to come up; the office is set up meanwhile.
        starting: Future[int] = beside.submit(engine.start_engine)
        try:
            with open_office(settings) as office:
                yield from _opened(story, folder, office, engine, starting)
        finally:
            with suppress(Exception):  # the first failure is the one to tell
                starting.result()


def _opened(
    story: Story, folder: Path, office: Office, engine: LocalEngine, starting: Future[int]
) -> Iterator[Stage]:
    clock = SimulatedClock(office.database)
    clock.set(story.starts)
    source = DEMO_OFFICE if story.office == "demo" else Path(story.office)
    pki = set_up_office(office.database, office.settings, at=story.starts, source=source)
    proxy = (office.settings.timestamps.proxy or "").rpartition(":")[2]
    authority = engine.start(
        "authority", ["-m", "wiring.demo_pki.serve", str(pki.folder), "--port", proxy]
    )
    mailbox = _start_mail(story, folder, office, engine)
    for port in (int(proxy), office.settings.mail.port):
        _await_port(port)
    starting.result()
    # The trust folder was filled after the office was opened, and Prefect has its port by now.
    with open_office(engine.settings) as opened:
        yield Stage(
            folder=folder,
            office=opened,
            engine=engine,
            pki=pki,
            clock=clock,
            authority=authority,
            mailbox=mailbox,
        )


def _settings(folder: Path) -> Settings:
    ports = [str(any_port()) for _ in range(3)]
    return load_settings(
        {
            "TRINHKY_FOLDER": str(folder / "work"),
            "TRINHKY_CLOCK": "simulated",
            "TRINHKY_MAIL__HOST": LOOPBACK,
            "TRINHKY_MAIL__PORT": ports[0],
            "TRINHKY_MAIL__DOMAIN": "trinhky.example",
            "TRINHKY_MAIL__PICKUP": str(folder / "folder" / "sent"),
            "TRINHKY_EDXML__OUTBOX": str(folder / "edxml" / "sent"),
            "TRINHKY_TIMESTAMPS__URL": TSA_URL,
            "TRINHKY_TIMESTAMPS__PROXY": f"http://{LOOPBACK}:{ports[1]}",
            "TRINHKY_TIMESTAMPS__FAKE_TIME": "true",
            "TRINHKY_PREFECT__PORT": ports[2],
            "TRINHKY_LOG__LEVEL": "WARNING",
        }
    )


def _start_mail(story: Story, folder: Path, office: Office, engine: LocalEngine) -> str:
    with office.database.reading() as session:
        mailbox = session.scalars(select(OfficeRow)).one().mailbox
    behaviours = folder / "work" / "behaviours.json"
    behaviours.write_text(json.dumps(_behaviours(story.channel, office.database)), encoding="utf-8")
    config = folder / "work" / "mail.json"
    written = {
        "folder": str(folder / "mail"),
        "office": [mailbox],
        "maildir": str(office.settings.inbox_folder),
        "behaviours": str(behaviours),
        "port": office.settings.mail.port,
    }
    config.write_text(json.dumps(written), encoding="utf-8")
    engine.start("mail", ["-m", "wiring.stories.mail_server", "--config", str(config)])
    return mailbox


def _behaviours(channels: tuple[Channel, ...], database: Database) -> dict[str, object]:
    found: dict[str, object] = {}
    for channel in channels:
        address = "*" if channel.unit == "*" else address_of(database, channel.unit)
        behaviour: dict[str, object] = {"kind": channel.behaves}
        if channel.behaves in {"defer", "silent"}:
            behaviour["times"] = channel.times
        if channel.behaves == "slow":
            behaviour["delay_s"] = channel.seconds
        if channel.behaves in _QUICK_MAIL:
            behaviour["delay_s"] = _QUICK_MAIL[channel.behaves]
        found[address] = behaviour
    return found


def address_of(database: Database, unit: str) -> str:
    """Returns the mail address of a unit.

    Raises:
        StoryError: the office knows no such unit, or it has no address.
    """
    with database.reading() as session:
        organisation = session.get(Organisation, unit)
        address = mail_address(organisation) if organisation is not None else None
        if not address:
            said = "không có đơn vị này trong tệp cơ quan, hoặc chưa có địa chỉ thư."
            raise StoryError(unit, said)
        return address


def _await_port(port: int) -> None:
    deadline = monotonic_s() + START_S
    while monotonic_s() < deadline:
        with suppress(OSError), socket.create_connection((LOOPBACK, port), 0.5):
            return
        sleep(0.05)
    raise StoryError(f"cổng {port}", "dịch vụ của kịch bản không khởi động được.")
