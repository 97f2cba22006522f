"""The small office with real keys: the demo authority, its services, our own judge."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.officer import RegisteredCertificate, Role
from models.session import Database
from signing.keys import SoftwareKey, open_pkcs12
from signing.outcome import VerificationReport
from signing.policy import OFFICIAL
from signing.services import TrustServices
from signing.trust import HolderKind as RegisteredKind
from signing.trust import RegisteredHolder, TrustStore, load_anchors, load_certificates
from signing.verify import verify
from tests.support.clock import StoryClock
from tests.support.factories import NAMES, SINCE
from tests.support.front import Front, make_front
from wiring.demo_pki.build import DEMO_PIN, DemoPKI, build_demo_pki
from wiring.demo_pki.recipe import TSA_URL, DemoHolder, HolderKind
from wiring.demo_pki.serve import clock_headers, serving

PIN = DEMO_PIN
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

    def services(
        self,
        clock: StoryClock,
        **changes: Any,  # noqa: ANN401 (fields of every type)
    ) -> TrustServices:
        """What a desk asks for time stamps and evidence, at the clock's instant."""
        values: dict[str, Any] = {
            "tsa_url": TSA_URL,
            "roots": load_certificates(self.pki.root),
            "intermediates": load_certificates(self.pki.intermediate),
            "headers": lambda: clock_headers(clock()),
            "proxy": self.address,
            "tsa_tries": 1,
            "tsa_timeout_s": 20.0,
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
    pki = build_demo_pki(folder, HOLDERS)
    with serving(folder) as address:
        yield Authority(pki, address)


def make_signing_front(
    database: Database, tmp_path: Path, clock: StoryClock, authority: Authority
) -> Front:
    """The small office whose signatory and agency have real certificates."""
    front = make_front(
        database,
        tmp_path,
        clock,
        services=authority.services(clock),
        open_key=authority.open_key,
        judge=authority.judge,
    )
    authority.register(front, "signatory", officer_id="signatory")
    authority.register(front, "ban", organisation_id="ban")
    return front
