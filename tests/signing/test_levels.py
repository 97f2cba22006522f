"""Levels x hashes x kinds of keys, made by us; judged by our own judge, by pdfsig and by mutool.

Each mechanism signs once as the officer: B-B, B-T and B-LT are made from that one signature. Then
another mechanism seals it, and an archive time stamp over another hash makes B-LTA of both.
"""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from certomancer.registry import CertLabel
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore

from signing.archiving import add_archive_timestamp
from signing.certificates import SigningCertificate
from signing.completing import Level, complete_signature, complete_without_timestamp
from signing.container import TIME_STAMP
from signing.errors import SignatureMismatchError
from signing.fields import add_signature_fields
from signing.judge.part import FileEvidence
from signing.keys.software import SoftwareKey
from signing.mechanism import Digest, Mechanism, Scheme
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.outcome import VerificationReport
from signing.policy import OFFICIAL
from signing.request import PreparedSignature, SignatureKind, SignatureRequest
from signing.services import TrustServices
from signing.sign import prepare_signature
from signing.timestamps import TimestampService
from signing.trust import TrustStore, load_anchors, load_certificates
from signing.verify import verify
from tests.signing.office import ARCHIVED_AT, BOXES, FONTS, SEALED_AT, SIGNED_AT, unsigned_directive
from wiring.demo_office import write_private
from wiring.demo_pki.build import DemoPKI, build_demo_pki, load_architecture
from wiring.demo_pki.recipe import TSA_URL, DemoHolder, HolderKind
from wiring.demo_pki.serve import clock_headers, serving

KEYS = {
    "rsa": HolderKind.OFFICER,
    "p256": HolderKind.UNIT,
    "p384": HolderKind.UNIT,
    "ed25519": HolderKind.UNIT,
}
MECHANISMS = [
    *(("rsa", f"rsa-pkcs1/{digest}") for digest in Digest),
    *(("rsa", f"rsa-pss/{digest}") for digest in Digest),
    *(("p256", f"ecdsa/{digest}") for digest in Digest),
    *(("p384", f"ecdsa/{digest}") for digest in Digest),
    ("ed25519", "ed25519/sha512"),
]
"""Every mechanism that we sign by, with the key that does it."""
PAIRS = [
    (mechanism, MECHANISMS[(at + 4) % len(MECHANISMS)], list(Digest)[at % len(Digest)])
    for at, mechanism in enumerate(MECHANISMS)
]
"""Officer, seal, hash of the archive stamp: each mechanism once as officer's and once as seal's."""


@dataclass(frozen=True)
class Zoo:
    """An authority whose officers and agencies have keys of every kind."""

    pki: DemoPKI
    url: str

    @property
    def trust(self) -> TrustStore:
        return TrustStore(anchors=load_anchors([self.pki.root]))

    def services(self, at: datetime) -> TrustServices:
        return TrustServices(
            timestamps=(TimestampService(url=TSA_URL),),
            roots=load_certificates(self.pki.root),
            headers=lambda: clock_headers(at),
            proxy=self.url,
        )

    def key(self, holder: str, mechanism: str) -> SoftwareKey:
        pem = (self.pki.folder / "authority" / f"{holder}.key.pem").read_bytes()
        found = serialization.load_pem_private_key(pem, None)
        return SoftwareKey(found, self._certificate(holder), mechanism=mechanism)  # type: ignore[arg-type]

    def _certificate(self, holder: str) -> SigningCertificate:
        own, *issuers = (
            certificate_der(self.pki.folder, one) for one in (holder, "issuing", "root")
        )
        return SigningCertificate(der=own, issuers=tuple(issuers))

    def prepare(self, pdf: bytes, key: SoftwareKey, kind: SignatureKind) -> PreparedSignature:
        officer = kind is SignatureKind.OFFICER
        request = SignatureRequest(
            kind=kind,
            field=OFFICER_FIELD if officer else SEAL_FIELD,
            name=key.certificate.facts.name,
            location="An Bình",
        )
        return prepare_signature(
            pdf,
            request=request,
            certificate=key.certificate,
            at=SIGNED_AT if officer else SEALED_AT,
            fonts=FONTS,
            mechanism=key.mechanism,
        )

    def judge(self, pdf: bytes, *, extra: FileEvidence | None = None) -> VerificationReport:
        return verify(pdf, name="x", policy=OFFICIAL, trust=self.trust, at=ARCHIVED_AT, extra=extra)


@cache
def certificate_der(folder: Path, label: str) -> bytes:
    found: bytes = load_architecture(folder).get_cert(CertLabel(label)).dump()
    return found


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zoo]:
    people = [
        DemoHolder(
            id=f"{role}-{name}", common_name=f"{role} {name}", organisation="Ban",
            email=f"{role}-{name}@ban.example", kind=kind,
        )
        for role in ("officer", "agency")
        for name, kind in KEYS.items()
    ]  # fmt: skip
    pki = build_demo_pki(tmp_path_factory.mktemp("zoo"), people)
    for role in ("officer", "agency"):
        for name, key in (
            ("p384", ec.generate_private_key(ec.SECP384R1())),
            ("ed25519", ed25519.Ed25519PrivateKey.generate()),
        ):
            pem = key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            write_private(pki.folder / "authority" / f"{role}-{name}.key.pem", pem)
    with serving(pki.folder) as url:
        yield Zoo(pki, url)


@pytest.fixture(scope="module")
def fielded() -> bytes:
    return add_signature_fields(unsigned_directive(), BOXES)


@cache
def at_level(zoo: Zoo, fielded: bytes, key: tuple[str, str], level: Level) -> bytes:
    """The officer's signature at a level: of one mechanism it is the same one at each."""
    prepared, raw = officer_signature(zoo, fielded, key)
    return complete_signature(
        prepared, raw, services=zoo.services(SIGNED_AT), at=SIGNED_AT, level=level
    )


@cache
def officer_signature(
    zoo: Zoo, fielded: bytes, key: tuple[str, str]
) -> tuple[PreparedSignature, bytes]:
    opened = zoo.key(f"officer-{key[0]}", key[1])
    prepared = zoo.prepare(fielded, opened, SignatureKind.OFFICER)
    return prepared, opened.sign(prepared.signed_attributes)


def archived(zoo: Zoo, signed: bytes, seal: tuple[str, str], stamp: Digest) -> bytes:
    """The seal over it, and the archive time stamp over both."""
    key = zoo.key(f"agency-{seal[0]}", seal[1])
    prepared = zoo.prepare(signed, key, SignatureKind.SEAL)
    raw = key.sign(prepared.signed_attributes)
    sealed = complete_signature(
        prepared, raw, services=zoo.services(SEALED_AT), at=SEALED_AT, level=Level.B_LT
    )
    return add_archive_timestamp(
        sealed, services=zoo.services(ARCHIVED_AT), at=ARCHIVED_AT, digest=stamp
    )


def gathered(pdf: bytes) -> FileEvidence:
    """The evidence in a file, as somebody would gather it who judges one that has none."""
    store = DocumentSecurityStore.read_dss(PdfFileReader(io.BytesIO(pdf)))
    return FileEvidence(
        certificates=tuple(one.get_object().data for one in store.certs.values()),
        ocsps=tuple(one.get_object().data for one in store.ocsps),
        crls=tuple(one.get_object().data for one in store.crls),
    )


def outcome(report: VerificationReport) -> list[tuple[str, str, str]]:
    return [(one.kind, one.level, one.verdict.value) for one in report.signatures]


def said_by_pdfsig(pdf: bytes, folder: Path) -> list[str]:
    """What poppler says of each signature, in the order of the file."""
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig is not installed")
    return re.findall(r"Signature Validation: (.*)\.", _run(["pdfsig", "-nocert"], pdf, folder))


def said_by_mutool(pdf: bytes, folder: Path) -> list[str]:
    """What MuPDF says of each signature's digest, in the order of the file."""
    if shutil.which("mutool") is None:
        pytest.skip("mutool is not installed")
    said = _run(["mutool", "sign", "-v"], pdf, folder)
    parts = said.split("Verifying signature ")[1:]
    return [part.strip().splitlines()[-1].strip() for part in parts]


def _run(command: list[str], pdf: bytes, folder: Path) -> str:
    file = folder / "signed.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(
        [*command, str(file)], capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout + done.stderr


UNKNOWN_TO_PDFSIG = {"ed25519"}
"""Poppler 22.12 over NSS; it does not look into document time stamps either."""
UNKNOWN_TO_MUTOOL = {"ed25519", "rsa-pss"}
"""MuPDF 1.21; it does not look into document time stamps either."""
TO_PDFSIG = {True: "Signature is Valid", False: "Document isn't signed or corrupted data"}
TO_MUTOOL = {
    True: "The signature is valid but there have been edits since signing.",
    False: "Digest error: Unknown error.",
}


def scheme(key: tuple[str, str]) -> str:
    return key[1].partition("/")[0]


def test_the_matrix_has_every_mechanism_and_hash() -> None:
    made = {Mechanism.parse(name) for _, name in MECHANISMS}
    assert {(one.scheme, one.digest) for one in made} == {
        (scheme, digest)
        for scheme in Scheme
        for digest in Digest
        if scheme is not Scheme.ED25519 or digest is Digest.SHA512
    }
    assert {seal for _, seal, _ in PAIRS} == set(MECHANISMS)
    assert {stamp for _, _, stamp in PAIRS} == set(Digest)


@pytest.mark.parametrize("key", MECHANISMS, ids="-".join)
def test_a_signature_passes_at_each_level(
    zoo: Zoo, fielded: bytes, tmp_path: Path, key: tuple[str, str]
) -> None:
    """What B-B and B-T lack is gathered for the judge, as it would be from the services."""
    lasting = at_level(zoo, fielded, key, Level.B_LT)
    for level in Level:
        pdf = at_level(zoo, fielded, key, level)
        report = zoo.judge(pdf, extra=None if level is Level.B_LT else gathered(lasting))
        assert outcome(report) == [("signature", level.value, "passed")]
    bare = at_level(zoo, fielded, key, Level.B_B)
    assert said_by_pdfsig(bare, tmp_path) == [TO_PDFSIG[scheme(key) not in UNKNOWN_TO_PDFSIG]]


@pytest.mark.parametrize("key", MECHANISMS, ids="-".join)
def test_what_goes_on_without_a_time_stamp_bears_its_evidence(
    zoo: Zoo, fielded: bytes, key: tuple[str, str]
) -> None:
    prepared, raw = officer_signature(zoo, fielded, key)
    made = complete_without_timestamp(prepared, raw, services=zoo.services(SIGNED_AT), at=SIGNED_AT)
    assert made.evidenced
    assert outcome(zoo.judge(made.pdf)) == [("signature", "B-B", "passed")]


@pytest.mark.parametrize(
    ("officer", "seal", "stamp"), PAIRS, ids=lambda one: one if isinstance(one, str) else one[1]
)
def test_officer_seal_and_archive_stamp_pass_together(
    zoo: Zoo,
    fielded: bytes,
    tmp_path: Path,
    *,
    officer: tuple[str, str],
    seal: tuple[str, str],
    stamp: Digest,
) -> None:
    signed = at_level(zoo, fielded, officer, Level.B_LT)
    pdf = archived(zoo, signed, seal, stamp)
    assert outcome(zoo.judge(pdf)) == [
        ("signature", "B-LTA", "passed"),
        ("signature", "B-LTA", "passed"),
        ("timestamp", "none", "passed"),
    ]
    assert said_by_pdfsig(pdf, tmp_path) == [
        *(TO_PDFSIG[scheme(key) not in UNKNOWN_TO_PDFSIG] for key in (officer, seal)),
        "Signature has not yet been verified",
    ]
    assert said_by_mutool(pdf, tmp_path) == [
        *(TO_MUTOOL[scheme(key) not in UNKNOWN_TO_MUTOOL] for key in (officer, seal)),
        "Signature is not signed.",
    ]


@pytest.mark.parametrize("digest", list(Digest))
def test_the_signatures_time_stamp_is_over_the_hash_of_its_mechanism(
    zoo: Zoo, fielded: bytes, digest: Digest
) -> None:
    pdf = at_level(zoo, fielded, ("p256", f"ecdsa/{digest}"), Level.B_T)
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    unsigned = signature.signer_info["unsigned_attrs"]
    (token,) = next(one["values"] for one in unsigned if one["type"].native == TIME_STAMP)
    stamped = token["content"]["encap_content_info"]["content"].parsed
    assert stamped["message_imprint"]["hash_algorithm"]["algorithm"].native == digest.value


def test_a_signature_of_one_mechanism_does_not_pass_under_the_name_of_another(
    zoo: Zoo, fielded: bytes
) -> None:
    prepared, raw = officer_signature(zoo, fielded, ("rsa", "rsa-pss/sha256"))
    other = replace(prepared, mechanism=Mechanism.parse("rsa-pkcs1/sha256"))
    with pytest.raises(SignatureMismatchError):
        complete_signature(
            other, raw, services=zoo.services(SIGNED_AT), at=SIGNED_AT, level=Level.B_B
        )
