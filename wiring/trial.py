"""What a set-up needs of an installation: surroundings, and a desk that keeps no paper."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import NoReturn

from typing_extensions import override

from actions.desk import Desk
from actions.setup_parts import Surroundings
from archive.errors import StoreUnavailableError
from archive.store import Finding, Store
from signing.anchors import read_trust
from signing.outcome import VerificationReport
from signing.policy import OFFICIAL
from signing.services import TrustServices
from signing.stamp_trial import StampTrial, try_stamps
from signing.timestamps import TimestampService
from wiring.bootstrap import Office, make_trust
from wiring.sections import ClockMode
from wiring.settings import Settings


def surroundings(settings: Settings) -> Surroundings:
    """Reads the trust folder and the settings as they are now.

    Raises:
        TrustStoreError: a file in the trust folder holds no certificate.
    """
    hosts = settings.revocation.hosts
    return Surroundings(
        anchors=read_trust(settings.trust_folder).anchors,
        timestamp_urls=settings.timestamps.addresses,
        revocation_hosts=tuple(hosts.split(",")) if hosts else (),
        mail_domain=settings.mail.domain,
        simulated=settings.clock is ClockMode.SIMULATED,
    )


def trial_desk(office: Office) -> Desk:
    """The office's desk for trial papers: its archive takes nothing, its judge keeps nothing."""

    def judge(data: bytes, name: str, at: datetime) -> VerificationReport:
        trust = make_trust(office.settings, office.database)
        return office.sandbox.verify(data, name=name, policy=OFFICIAL, trust=trust, at=at)

    return replace(office.desk, archive=_NoArchive(), judge=judge)


def stamp_trials(office: Office, addresses: Iterable[str] | None = None) -> tuple[StampTrial, ...]:
    """Asks each time-stamping service for a stamp.

    Args:
        office: the open office.
        addresses: services to be tried before they are set; by default those of the settings.
    """
    services: TrustServices = office.desk.services
    if addresses is not None:
        timeout_s = office.settings.timestamps.timeout_s
        named = tuple(TimestampService(url=one, timeout_s=timeout_s) for one in addresses)
        services = replace(services, timestamps=named)
    anchors = read_trust(office.settings.trust_folder).anchors
    real = [one.der for one in anchors if not one.test_only]
    return try_stamps(services, at=office.clock.now(), real_roots=real)


class _NoArchive(Store):
    """Whatever would keep a trial paper fails loudly."""

    @override
    def put(self, data: bytes) -> NoReturn:
        raise _refusal()

    @override
    def get(self, sha256_hex: str) -> NoReturn:
        raise _refusal()

    @override
    def has(self, sha256_hex: str) -> bool:
        return False

    @override
    def remove(self, sha256_hex: str) -> NoReturn:
        raise _refusal()

    @override
    def verify(self, expected: Iterable[str] = ()) -> tuple[Finding, ...]:
        return ()


def _refusal() -> StoreUnavailableError:
    return StoreUnavailableError("trang ký thử không được lưu trữ")
