"""Joins the parts of an office once per process: `open_office(settings)`.

The only place that knows which store, which channels, which keys and which judge an installation
uses. Heavy libraries are loaded where they are first needed.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, cast
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from actions.desk import Desk
from actions.notices.noting import followed
from archive.store import LocalStore
from delivery.edxml.inbox import EdxmlFolderInbox
from delivery.inbox import Inbox
from models.base import DirectiveId
from models.migrating import upgrade
from models.officer import Officer, RegisteredCertificate
from models.organisation import Organisation
from models.session import Database
from signing.anchors import read_trust
from signing.gathering import AnswerCache, judge_online
from signing.policy import OFFICIAL
from signing.records.manifest import Inputs
from signing.report import VerificationReport
from signing.sandbox import Sandbox
from signing.services import TrustServices
from signing.timestamps import TimestampService
from signing.trust import HolderKind, RegisteredHolder, TrustStore
from signing.uploaded.asking import ask_upload
from signing.worker import Limits
from wiring.channels import make_channels, make_event_poster, make_inbox
from wiring.clock import Clock, open_clock
from wiring.errors import SettingsError
from wiring.fetching import online_policy
from wiring.handwriting import read_handwriting
from wiring.keeping import Keeper
from wiring.keyring import open_key, pin_state
from wiring.logs import configure_logs
from wiring.processes import prefect_environment
from wiring.running import Starter, Starts
from wiring.settings import Settings, adopt
from wiring.sign_on import SignOn
from wiring.waking import Nudger, Runs

if TYPE_CHECKING:
    from wiring.orchestrator import Orchestrator

CLOCK_HEADER: Final = "X-Certomancer-Fake-Time"
"""By which the demo's authority is told the simulated instant."""
JUDGES: Final = 2
"""Warm processes that judge files."""
OWNER_ONLY: Final = 0o600
LINK_SALT: Final = "unit-link"


@dataclass(frozen=True, kw_only=True)
class Office:
    """An open office: what every door works with. Close it, or use it in a `with` block."""

    settings: Settings
    database: Database
    clock: Clock
    desk: Desk
    """The tools of the deeds."""
    links: UnitLinks
    """Makes and reads the personal links of units."""
    sandbox: Sandbox
    """Judges files in child processes."""
    keeper: Keeper
    """Keeps what judgements rested on."""

    @cached_property
    def sign_on(self) -> SignOn | None:
        """The sign-on service, where the office has one."""
        return SignOn(self.settings) if self.settings.sso.issuer else None

    @cached_property
    def account_key(self) -> bytes:
        """The key from which the secrets of second factors are made.

        Raises:
            SettingsError: its file cannot be used.
        """
        return read_account_key(self.settings)

    @cached_property
    def orchestrator(self) -> Orchestrator:
        """The client of Prefect; loads Prefect at the first use."""
        return _load_orchestrator(self.settings)

    @cached_property
    def nudger(self) -> Nudger:
        """Wakes runs beside a person's request."""
        return Nudger(self.database, self._quick_orchestrator, self.clock)

    def _quick_orchestrator(self) -> Orchestrator:
        return _load_orchestrator(self.settings, retries=0)

    def nudge(self, directive_id: DirectiveId) -> None:
        """To be called after a deed was committed: lets the run look again; returns at once."""
        self.nudger.nudge(directive_id)

    def start_run(self, record_id: UUID) -> None:
        """To be called after `ask_for_run`: hands the run to Prefect; returns at once."""

        def start(runs: Runs) -> None:
            starter = Starter(desk=self.desk, clock=self.clock, runs=cast("Starts", runs))
            starter.start(record_id)

        self.nudger.beside(start)

    def inbox(self) -> Inbox:
        """The mailbox with what came in; close it, or use it in a `with` block.

        Raises:
            SettingsError: a file of certificates cannot be used.
        """
        return make_inbox(self.settings)

    def edxml_inbox(self) -> EdxmlFolderInbox:
        """Where other systems leave messages of QCVN 102."""
        # A file takes a third more in base64; several may come in one message.
        limit = 4 * self.settings.size_limit_bytes
        return EdxmlFolderInbox(self.settings.edxml_inbox_folder, size_limit_bytes=limit)

    def close(self) -> None:
        """Gives connections and threads back."""
        if "nudger" in self.__dict__:
            self.nudger.close()
        self.sandbox.close()
        self.keeper.close()
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _load_orchestrator(settings: Settings, *, retries: int | None = None) -> Orchestrator:
    # Prefect makes its home at its import: in the office's folder, never in the user's own.
    adopt(prefect_environment(settings))
    from wiring.orchestrator import open_orchestrator  # noqa: PLC0415 (seconds to import)

    more = {} if retries is None else {"retries": retries}
    return open_orchestrator(settings, **more)


def open_office(settings: Settings) -> Office:
    """Opens the office: database brought up to date, archive, clock, keys, channels, judge.

    Raises:
        SettingsError: a folder or file that a setting names cannot be used.
        SchemaTooNewError: the database belongs to a later release.
    """
    configure_logs(settings.log)
    settings.home.mkdir(parents=True, exist_ok=True)
    database = followed(Database(settings.database_url))
    upgrade(database.engine)
    clock = open_clock(settings, database)
    links = UnitLinks(read_secret(settings.link_secret_file), settings.portal_url)
    limits = Limits(file_bytes=settings.size_limit_bytes)
    sandbox = Sandbox(processes=JUDGES, limits=limits)
    archive = LocalStore(settings.archive_folder)
    keeper = Keeper(archive, limits)
    desk = Desk(
        database=database,
        archive=archive,
        clock=clock,
        fonts=settings.fonts_folder,
        services=make_services(settings, clock),
        open_key=partial(open_key, settings),
        pin_state=partial(pin_state, settings),
        judge=make_judge(settings, database, sandbox, keeper),
        read_upload=partial(ask_upload, sandbox),
        handwriting=partial(read_handwriting, settings.handwriting_folder),
        channels=make_channels(settings),
        mail_domain=settings.mail.domain,
        unit_link=links.make,
        public_address=f"{settings.portal_url}/that",
        portal_url=settings.portal_url,
        link_days=settings.portal.link_days,
        size_limit_bytes=settings.size_limit_bytes,
        event_poster=make_event_poster(settings),
        event_secret=partial(_event_secret, settings),
        connections=settings.mail.connections,
    )
    return Office(
        settings=settings,
        database=database,
        clock=clock,
        desk=desk,
        links=links,
        sandbox=sandbox,
        keeper=keeper,
    )


class UnitLinks:
    """Personal links of units: signed, so that they cannot be made up; good for one directive."""

    def __init__(self, secret: bytes, portal_url: str) -> None:
        self._serializer = URLSafeSerializer(secret, salt=LINK_SALT)
        self._portal_url = portal_url

    def make(self, organisation_id: str, directive_id: str, serial: int = 1) -> str:
        """Returns the whole address of a unit's page for a directive.

        The first one bears no serial: it is also the secret in Message-IDs, and stays as it was.
        """
        more = [] if serial == 1 else [serial]
        token = self._serializer.dumps([organisation_id, directive_id, *more])
        return f"{self._portal_url}/u/{token}"

    def read(self, token: str) -> tuple[str, str, int] | None:
        """Returns organisation, directive and serial; None for a token that we did not make."""
        try:
            organisation_id, directive_id, *more = self._serializer.loads(token)
            serial = int(more[0]) if more else 1
        except (BadSignature, ValueError, TypeError):
            return None
        return str(organisation_id), str(directive_id), serial


def read_secret(path: Path, setting: str = "TRINHKY_PORTAL__LINK_SECRET") -> bytes:
    """Returns the secret in a file; makes it on first use, readable by its owner alone.

    Args:
        path: the file.
        setting: the variable that names it, for the error.

    Raises:
        SettingsError: the file cannot be read or made, or others may read it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make_secret(path)
        found = path.read_bytes()
        shared = path.stat().st_mode & 0o077
    except OSError as err:
        raise SettingsError(setting, f"không dùng được tệp {path} ({err.strerror}).") from err
    if shared or len(found) < len(b"x" * 32):
        raise SettingsError(
            setting,
            f"tệp {path} phải có ít nhất 32 byte và chỉ chủ tệp được đọc (chmod 600).",
        )
    return found


def _make_secret(path: Path) -> None:
    """Writes a secret that is there whole or not at all; of several makers at once one wins."""
    made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    made.touch(mode=OWNER_ONLY, exist_ok=False)
    try:
        made.write_bytes(secrets.token_bytes(32))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(made)
    finally:
        made.unlink()


def read_account_key(settings: Settings) -> bytes:
    """Returns the key from which the secrets of second factors are made.

    Raises:
        SettingsError: its file cannot be used.
    """
    return read_secret(settings.account_secret_file, "TRINHKY_PORTAL__ACCOUNT_SECRET")


def _event_secret(settings: Settings, subscription_id: UUID, serial: int) -> bytes:
    said = f"event webhook {subscription_id} {serial}".encode()
    return hmac.new(read_account_key(settings), said, hashlib.sha256).digest()


def make_services(settings: Settings, clock: Clock) -> TrustServices:
    """Returns where time stamps and revocation data come from.

    Raises:
        TrustStoreError: a file in the trust folder holds no certificate.
    """
    stamps = settings.timestamps
    trust = read_trust(settings.trust_folder)
    headers: Callable[[], Mapping[str, str]] = dict
    if stamps.fake_time:

        def headers() -> Mapping[str, str]:
            return {CLOCK_HEADER: clock.now().isoformat()}

    return TrustServices(
        timestamps=tuple(
            TimestampService(
                url=address,
                timeout_s=stamps.timeout_s,
                tries=stamps.tries,
                pause_s=stamps.pause_s,
                at_most=stamps.at_most,
            )
            for address in stamps.addresses
        ),
        roots=tuple(anchor.der for anchor in trust.anchors),
        intermediates=trust.intermediates,
        headers=headers,
        proxy=stamps.proxy,
        slots=settings.slots_folder,
        revocation_timeout_s=stamps.revocation_timeout_s,
    )


def registered_holders(database: Database) -> dict[str, RegisteredHolder]:
    """Returns whose each registered certificate is, by fingerprint."""
    with database.reading() as session:
        rows = session.execute(
            select(
                RegisteredCertificate.fingerprint,
                RegisteredCertificate.valid_to,
                Officer.name,
                Organisation.name,
            )
            .outerjoin(Officer, Officer.id == RegisteredCertificate.officer_id)
            .outerjoin(Organisation, Organisation.id == RegisteredCertificate.organisation_id)
        ).all()
    return {
        fingerprint: RegisteredHolder(
            kind=HolderKind.OFFICER if officer else HolderKind.ORGANISATION,
            name=officer or organisation,
            until=until,
        )
        for fingerprint, until, officer, organisation in rows
    }


def make_trust(settings: Settings, database: Database) -> TrustStore:
    """Returns whom this office trusts today: its folder's anchors and its registered certificates.

    Raises:
        TrustStoreError: a file in the trust folder holds no certificate.
    """
    return replace(read_trust(settings.trust_folder), registered=registered_holders(database))


def make_judge(
    settings: Settings, database: Database, sandbox: Sandbox, keeper: Keeper
) -> Callable[[bytes, str, datetime], VerificationReport]:
    """Returns the judge of the deeds: the official profile, with those the office trusts then.

    Evidence that a file lacks is fetched from the hosts of the settings, where there are any. What
    each verdict rested on is kept, so that it can be reached again.
    """
    policy, cache = online_policy(settings.revocation), AnswerCache()

    def judge(data: bytes, name: str, at: datetime) -> VerificationReport:
        trust = make_trust(settings, database)
        ask = partial(sandbox.verify, data, name=name, policy=OFFICIAL, trust=trust, at=at)
        report, extra = judge_online(lambda more: ask(extra=more), policy, cache)
        return keeper.keep(data, report, Inputs(policy=OFFICIAL, trust=trust, extra=extra))

    return judge
