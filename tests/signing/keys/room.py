"""One authority whose holders have keys of every kind, and a way to sign with whatever opens."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import keys, pem
from certomancer.registry import CertLabel
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

from signing.completing import complete_signature
from signing.keys.key import SigningKey
from signing.keys.token import TokenKey, open_token
from signing.names import OFFICER_FIELD
from signing.outcome import VerificationReport
from signing.policy import OFFICIAL
from signing.request import SignatureKind, SignatureRequest
from signing.sign import prepare_signature
from signing.trust import HolderKind as RegisteredKind
from signing.trust import RegisteredHolder, TrustStore, load_anchors, load_certificates
from signing.verify import verify
from tests.signing.office import BOXES, FONTS, SIGNED_AT, Office, unsigned_directive
from tests.support.tokens import HeldKey
from wiring.demo_office import certificate_pem, package_pkcs12
from wiring.demo_pki.build import DEMO_PIN, DemoPKI, build_demo_pki, load_architecture
from wiring.demo_pki.recipe import DemoHolder, HolderKind

WRONG_PIN = "90909090"
_KINDS = {
    "rsa": HolderKind.OFFICER,
    "ec": HolderKind.UNIT,
    "ec384": HolderKind.UNIT,
    "ed25519": HolderKind.UNIT,
    "pss": HolderKind.OFFICER,
    "other": HolderKind.OFFICER,
}
PEOPLE = tuple(
    DemoHolder(
        id=label, common_name=f"Người {label}", organisation="Ban Thử nghiệm",
        email=f"{label}@ban.example", kind=kind,
    )
    for label, kind in _KINDS.items()
)  # fmt: skip


def build_room(folder: Path) -> DemoPKI:
    """The demo authority, with keys that it does not make itself put in place of some."""
    pki = build_demo_pki(folder, PEOPLE)
    for label, key in (
        ("ec384", ec.generate_private_key(ec.SECP384R1())),
        ("ed25519", ed25519.Ed25519PrivateKey.generate()),
    ):
        key_pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        key_file(pki, label).write_bytes(key_pem)
        certificate = _certify(pki, label)
        issuer = load_pem_x509_certificate(pki.intermediate.read_bytes())
        container = pkcs12.serialize_key_and_certificates(
            label.encode(),
            key,
            load_der_x509_certificate(certificate),
            [issuer],
            serialization.BestAvailableEncryption(DEMO_PIN.encode()),
        )
        pki.key(label).write_bytes(container)
    _restrict_to_pss(pki, "pss")
    return pki


def _certify(pki: DemoPKI, label: str) -> bytes:
    """The certificate for the key that now lies in the folder of the authority."""
    certificate: bytes = load_architecture(pki.folder).get_cert(CertLabel(label)).dump()
    pki.certificate(label).write_bytes(certificate_pem(certificate))
    return certificate


def _restrict_to_pss(pki: DemoPKI, label: str) -> None:
    """A key that its certificate allows for RSASSA-PSS alone. Source: RFC 4055, 1.2."""
    plain = key_file(pki, label).read_bytes()
    described = keys.PrivateKeyInfo.load(pem.unarmor(plain)[2])
    described["private_key_algorithm"] = {"algorithm": "rsassa_pss"}
    key_file(pki, label).write_bytes(pem.armor("PRIVATE KEY", described.dump()))
    certificate = _certify(pki, label)
    # Files and tokens hold it as any RSA key.
    key_file(pki, label).write_bytes(plain)
    pki.key(label).write_bytes(
        package_pkcs12(name=label, key_pem=plain, certificate=certificate, issuers=(), pin=DEMO_PIN)
    )


def key_file(pki: DemoPKI, label: str) -> Path:
    return pki.folder / "authority" / f"{label}.key.pem"


@dataclass(frozen=True)
class Room:
    """The authority while it answers, and a paper to sign."""

    office: Office
    paper: bytes

    @property
    def pki(self) -> DemoPKI:
        return self.office.pki

    def der(self, label: str) -> bytes:
        return load_certificates(self.pki.certificate(label))[0]

    @property
    def issuers(self) -> tuple[bytes, ...]:
        return (load_certificates(self.pki.intermediate)[0],)

    def sign(self, key: SigningKey) -> bytes:
        """A whole officer's signature with time stamp and evidence."""
        prepared = prepare_signature(
            self.paper,
            request=SignatureRequest(
                kind=SignatureKind.OFFICER,
                field=OFFICER_FIELD,
                name=key.certificate.facts.name,
                location="An Bình",
            ),
            certificate=key.certificate,
            at=SIGNED_AT,
            fonts=FONTS,
            mechanism=key.mechanism,
        )
        key.announce([prepared.signed_attributes])
        raw = key.sign(prepared.signed_attributes)
        services = self.office.services(SIGNED_AT)
        return complete_signature(prepared, raw, services=services, at=SIGNED_AT)

    def judge(self, pdf: bytes, label: str) -> VerificationReport:
        holder = RegisteredHolder(kind=RegisteredKind.OFFICER, name=f"Người {label}")
        trust = TrustStore(
            anchors=load_anchors([self.pki.root]),
            registered={self.fingerprint(label): holder},
        )
        return verify(pdf, name="a.pdf", policy=OFFICIAL, trust=trust, at=SIGNED_AT)

    def fingerprint(self, label: str) -> str:
        return self.office.key(label).certificate.facts.sha256_hex


def open_room(folder: Path, address: str) -> Room:
    from signing.fields import add_signature_fields  # noqa: PLC0415 (used once)

    paper = add_signature_fields(unsigned_directive(), BOXES[:1])
    return Room(Office(DemoPKI(folder=folder), address), paper)


def pdfsig(pdf: bytes, folder: Path) -> str:
    """What poppler says."""
    path = folder / "signed.pdf"
    path.write_bytes(pdf)
    command = [shutil.which("pdfsig") or "pdfsig", "-nocert", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def opened(held: HeldKey, **changes: object) -> TokenKey:
    values = {"token": held.token, "key": held.key, "pin": held.pin, **changes}
    return open_token(held.module, **values)  # type: ignore[arg-type]
