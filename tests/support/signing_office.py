"""The small office with real keys: the demo authority, its services, our own judge."""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self, cast

from sqlalchemy import delete, event
from sqlalchemy.orm import Session

from actions.desk import Desk
from actions.notices.noting import followed
from actions.sealing import complete as complete_seal
from actions.sealing import seal
from actions.signing_off import complete as complete_signature
from actions.signing_off import sign
from archive.store import Finding, Store
from models.base import DirectiveId
from models.officer import RegisteredCertificate, Role
from models.session import Database
from signing.keys.key import SigningKey
from signing.keys.software import SoftwareKey, open_pkcs12
from signing.outcome import VerificationReport
from signing.policy import OFFICIAL
from signing.services import TrustServices
from signing.timestamps import TimestampService
from signing.trust import HolderKind as RegisteredKind
from signing.trust import RegisteredHolder, TrustStore, load_anchors, load_certificates
from signing.uploaded.reading import read_upload
from signing.verify import verify
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import NAMES, SINCE, small_office
from tests.support.front import Front
from wiring.demo_pki.build import DemoPKI, build_demo_pki
from wiring.demo_pki.recipe import TSA_URL, DemoHolder, HolderKind
from wiring.demo_pki.serve import clock_headers, serving

PIN = "ma-pin-rieng-5521"
"""Of everybody; so odd that it is found wherever it should not be."""
AGENCY = "BAN THỬ NGHIỆM TỈNH ỦY"
_ORGANISATION = "Ban Thử nghiệm Tỉnh ủy"


def _holder(key: str, name: str, kind: HolderKind) -> DemoHolder:
    return DemoHolder(
        id=key, common_name=name, organisation=_ORGANISATION, email=f"{key}@ban.example", kind=kind
    )


HOLDERS = (
    _holder("signatory", NAMES[Role.SIGNATORY], HolderKind.OFFICER),
    _holder("ban", AGENCY, HolderKind.AGENCY),
    _holder("other", "Người Khác", HolderKind.UNIT),
    _holder("revoked", NAMES[Role.SIGNATORY], HolderKind.REVOKED),
    _holder("expired", NAMES[Role.SIGNATORY], HolderKind.EXPIRED),
    _holder("wrong-usage", NAMES[Role.SIGNATORY], HolderKind.WRONG_USAGE),
)
"""Who has a key; the last three are unfit in one way each."""


@dataclass(frozen=True, slots=True)
class Authority:
    """The demo authority while it answers."""

    pki: DemoPKI
    address: str
    stamps_at: str = TSA_URL
    """Address of its time-stamping service."""

    def services(
        self,
        clock: StoryClock,
        **changes: Any,  # noqa: ANN401 (fields of every type)
    ) -> TrustServices:
        """What a desk asks for time stamps and evidence, at the clock's instant."""
        values: dict[str, Any] = {
            "timestamps": (TimestampService(url=self.stamps_at, tries=1, timeout_s=20.0),),
            "roots": load_certificates(self.pki.root),
            "intermediates": load_certificates(self.pki.intermediate),
            "headers": lambda: clock_headers(clock()),
            "proxy": self.address,
            **changes,
        }
        return TrustServices(**values)

    def der(self, holder: str) -> bytes:
        return load_certificates(self.pki.certificate(holder))[0]

    def fingerprint(self, holder: str) -> str:
        return hashlib.sha256(self.der(holder)).hexdigest()

    def open_key(self, row: RegisteredCertificate, pin: str) -> SoftwareKey:
        return open_pkcs12(Path(row.key_location or ""), pin)

    def judge(self, pdf: bytes, name: str, at: datetime) -> VerificationReport:
        """The judge of the product, in this process."""
        registered = {
            self.fingerprint("signatory"): RegisteredHolder(
                kind=RegisteredKind.OFFICER, name=NAMES[Role.SIGNATORY]
            ),
            self.fingerprint("ban"): RegisteredHolder(
                kind=RegisteredKind.ORGANISATION, name=AGENCY
            ),
        }
        trust = TrustStore(
            anchors=load_anchors([self.pki.root]),
            intermediates=load_certificates(self.pki.intermediate),
            registered=registered,
        )
        return verify(pdf, name=name, policy=OFFICIAL, trust=trust, at=at)

    def register(self, front: Front, holder: str, **whose: str) -> str:
        """Registers a holder's certificate, in place of those that its owner had."""
        column = getattr(RegisteredCertificate, next(iter(whose)))
        row = RegisteredCertificate(
            fingerprint=self.fingerprint(holder),
            subject=holder,
            der=self.der(holder),
            key_kind="pkcs12",
            key_location=str(self.pki.key(holder)),
            valid_from=SINCE,
            **whose,
        )

        def change(session: Session) -> None:
            owner = next(iter(whose.values()))
            session.execute(delete(RegisteredCertificate).where(column == owner))
            session.add(row)

        front.change(change)
        return row.fingerprint


@contextmanager
def running_authority(folder: Path) -> Iterator[Authority]:
    """Builds the demo authority and serves it from a thread."""
    pki = build_demo_pki(folder, HOLDERS, pins={holder.id: PIN for holder in HOLDERS})
    with serving(folder) as address:
        yield Authority(pki, address)


def signs(front: Front, key: DirectiveId, **changes: Any) -> None:  # noqa: ANN401 (arguments)
    """The signatory signs what is frozen."""
    seen = front.directive(key).frozen_sha256 or ""
    sign(front.desk, front.signatory, key, **{"seen_sha256": seen, "pin": PIN, **changes})


def signed(front: Front) -> DirectiveId:
    """A directive with the officer's signature."""
    key = front.frozen()
    _sign_whole(front, key)
    return key


def seals(front: Front, key: DirectiveId, **changes: Any) -> None:  # noqa: ANN401 (arguments)
    """The clerk seals what is signed."""
    seen = front.directive(key).signed_sha256 or ""
    seal(front.desk, front.clerk, key, **{"seen_sha256": seen, "pin": PIN, **changes})


def sealed(front: Front) -> DirectiveId:
    """A directive with both signatures."""
    key = signed(front)
    _seal_whole(front, key)
    return key


@dataclass(frozen=True, slots=True)
class Stages:
    """Copies of an office on SQLite at three stages, so that each test need not sign anew."""

    folder: Path
    key: DirectiveId
    authority: Authority

    def open(self, stage: str, tmp_path: Path, clock: StoryClock) -> Iterator[Front]:
        """The office at a stage (office, frozen, signed, sealed), in files of the test's own."""
        shutil.copytree(self.folder / stage, tmp_path, dirs_exist_ok=True)
        database = followed(Database(f"sqlite:///{tmp_path / 'office.db'}"))
        yield Front(signing_desk(database, tmp_path, clock, self.authority), clock)
        database.close()


def make_stages(empty: Path, folder: Path, authority: Authority) -> Stages:
    """Walks one directive to its seal and keeps a copy of everything at each stage.

    Args:
        empty: a migrated SQLite file.
        folder: where the copies go.
        authority: the running authority.
    """
    live = folder / "live"
    live.mkdir()
    shutil.copy(empty, live / "office.db")
    database = Database(f"sqlite:///{live / 'office.db'}")
    front = make_signing_front(database, live, StoryClock(), authority)
    database.close()
    shutil.copytree(live, folder / "office")
    key = front.frozen()
    for stage, step in (("frozen", None), ("signed", _sign_whole), ("sealed", _seal_whole)):
        if step is not None:
            step(front, key)
        database.close()  # folds the write-ahead log into the file
        shutil.copytree(live, folder / stage)
    return Stages(folder, key, authority)


def _sign_whole(front: Front, key: DirectiveId) -> None:
    signs(front, key)
    complete_signature(front.desk, key)


def _seal_whole(front: Front, key: DirectiveId) -> None:
    seals(front, key)
    complete_seal(front.desk, key)


def signing_desk(
    database: Database, tmp_path: Path, clock: StoryClock, authority: Authority
) -> Desk:
    """A desk over a database and a folder, with the authority's services and our judge."""
    desk: Desk = make_desk(
        database,
        tmp_path,
        clock,
        services=authority.services(clock),
        open_key=authority.open_key,
        judge=authority.judge,
        read_upload=read_upload,
    )
    return desk


def make_signing_front(
    database: Database, tmp_path: Path, clock: StoryClock, authority: Authority
) -> Front:
    """The small office whose signatory and agency have real certificates."""
    small_office(database)
    front = Front(signing_desk(database, tmp_path, clock, authority), clock)
    authority.register(front, "signatory", officer_id="signatory")
    authority.register(front, "ban", organisation_id="ban")
    return front


class KilledError(BaseException):
    """The process dies here; nothing of ours may catch it."""


class Doom:
    """Counts the steps of a process and kills it at one of them."""

    def __init__(self, at: int) -> None:
        self.left = at

    def tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise KilledError


class _DoomedStore:
    """A store in a process that may die before or after each use of it."""

    def __init__(self, store: Store, doom: Doom) -> None:
        self._store = store
        self._doom = doom

    def put(self, data: bytes) -> str:
        self._doom.tick()
        digest = self._store.put(data)
        self._doom.tick()
        return digest

    def get(self, sha256_hex: str) -> bytes:
        self._doom.tick()
        return self._store.get(sha256_hex)

    def has(self, sha256_hex: str) -> bool:
        return self._store.has(sha256_hex)

    def remove(self, sha256_hex: str) -> bool:
        return self._store.remove(sha256_hex)

    def verify(self, expected: Iterable[str] = ()) -> tuple[Finding, ...]:
        return self._store.verify(expected)


class _DoomedKey:
    """A key in a process that may die before or after it signs."""

    def __init__(self, key: SigningKey, doom: Doom) -> None:
        self._key = key
        self._doom = doom

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_how: object) -> None:
        self._key.close()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (all else as the key has it)
        return getattr(self._key, name)

    def sign(self, signed_attributes: bytes) -> bytes:
        self._doom.tick()
        raw = self._key.sign(signed_attributes)
        self._doom.tick()
        return raw


@contextmanager
def doomed(desk: Desk, doom: Doom) -> Iterator[Desk]:
    """The same desk in a process that dies at one of its steps: a look at the clock (each deed
    begins with one), the archive, the key, the judge, or a commit."""

    def clock() -> datetime:
        doom.tick()
        return desk.clock()

    def judge(pdf: bytes, name: str, at: datetime) -> VerificationReport:
        report = desk.judge(pdf, name, at)
        doom.tick()
        return report

    def commit(_connection: object) -> None:
        doom.tick()

    event.listen(desk.database.engine, "commit", commit)
    try:
        yield replace(
            desk,
            clock=clock,
            archive=_DoomedStore(desk.archive, doom),
            open_key=lambda row, pin: cast("SigningKey", _DoomedKey(desk.open_key(row, pin), doom)),
            judge=judge,
        )
    finally:
        event.remove(desk.database.engine, "commit", commit)


def dies_at(step: int, desk: Desk, act: Callable[[Desk], None]) -> bool:
    """Runs an act in a process that dies at one of its steps. Tells whether it died."""
    try:
        with doomed(desk, Doom(step)) as mortal:
            act(mortal)
    except KilledError:
        return True
    return False
