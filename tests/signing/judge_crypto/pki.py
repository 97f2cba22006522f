"""A small authority: certificates, OCSP answers and lists as the test wants them, no server."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from tests.signing.judge_crypto.makers import PrivateKey, key, name_of

BORN = datetime(2020, 1, 1, tzinfo=UTC)
DEAD = datetime(2040, 1, 1, tzinfo=UTC)
OCSP_URL = "http://ocsp.thu-nghiem.invalid"
CRL_URL = "http://crl.thu-nghiem.invalid/1.crl"
NON_REPUDIATION = ("digital_signature", "content_commitment")
_ALL_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
_SHA1 = hashes.SHA1()  # noqa: S303 (historical chains)


@dataclass(frozen=True)
class Plan:
    """What a certificate is to say."""

    name: str
    kind: str = "rsa"
    since: datetime = BORN
    until: datetime = DEAD
    authority: bool = False
    path_length: int | None = None
    usages: tuple[str, ...] | None = NON_REPUDIATION
    purposes: tuple[x509.ObjectIdentifier, ...] = ()
    purposes_critical: bool = True
    ocsp_url: str = OCSP_URL
    crl_url: str = CRL_URL
    no_check: bool = False
    sha1: bool = False
    """Signed with SHA-1; its issuer has an RSA key."""

    more: tuple[tuple[x509.ExtensionType, bool], ...] = ()

    def authority_of(self, length: int | None = None) -> "Plan":
        usages = ("key_cert_sign", "crl_sign")
        return replace(self, authority=True, path_length=length, usages=usages)


@dataclass(frozen=True)
class Holder:
    """A certificate and its key."""

    certificate: x509.Certificate
    kind: str

    @property
    def key(self) -> PrivateKey:
        return key(self.kind)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    def issue(self, plan: Plan) -> "Holder":
        return _make(plan, self.certificate.subject, self.key)


def make_root(plan: Plan) -> Holder:
    return _make(plan, name_of(plan.name), key(plan.kind))


_serials = iter(range(1000, 1 << 30))


def _make(plan: Plan, issuer: x509.Name, signing: PrivateKey) -> Holder:
    builder = (
        x509.CertificateBuilder()
        .subject_name(name_of(plan.name))
        .issuer_name(issuer)
        .public_key(key(plan.kind).public_key())
        .serial_number(next(_serials))
        .not_valid_before(plan.since)
        .not_valid_after(plan.until)
    )
    for extension, critical in _extensions(plan):
        builder = builder.add_extension(extension, critical)
    edwards = not isinstance(signing, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    made = builder.sign(signing, None if edwards else hashes.SHA256())
    return Holder(_in_sha1(made, signing) if plan.sha1 else made, plan.kind)


def _in_sha1(made: x509.Certificate, signing: PrivateKey) -> x509.Certificate:
    """The same certificate signed by RSA with SHA-1, which no builder makes any more."""
    new, old = (bytes.fromhex(f"06092a864886f70d0101{last}") for last in ("0b", "05"))
    part = made.tbs_certificate_bytes.replace(new, old)
    value = signing.sign(part, padding.PKCS1v15(), _SHA1)
    encoded = made.public_bytes(Encoding.DER)
    head = encoded.replace(made.tbs_certificate_bytes, part)[: -len(value)].replace(new, old)
    return x509.load_der_x509_certificate(head + value)


def _extensions(plan: Plan) -> Iterable[tuple[x509.ExtensionType, bool]]:
    if plan.authority:
        yield x509.BasicConstraints(ca=True, path_length=plan.path_length), True
    if plan.usages is not None:
        yield x509.KeyUsage(**{name: name in plan.usages for name in _ALL_USAGES}), True
    if plan.purposes:
        yield x509.ExtendedKeyUsage(plan.purposes), plan.purposes_critical
    if plan.ocsp_url:
        url = x509.UniformResourceIdentifier(plan.ocsp_url)
        access = x509.AccessDescription(x509.AuthorityInformationAccessOID.OCSP, url)
        yield x509.AuthorityInformationAccess([access]), False
    if plan.crl_url:
        names = [x509.UniformResourceIdentifier(plan.crl_url)]
        yield x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)]), False
    if plan.no_check:
        yield x509.OCSPNoCheck(), False
    yield from plan.more


WEEK = timedelta(days=7)


def answer(
    issuer: Holder,
    about: Holder,
    since: datetime,
    *,
    until: datetime | None = None,
    by: Holder | None = None,
    revoked_at: datetime | None = None,
    reason: x509.ReasonFlags | None = None,
    unknown: bool = False,
    hash_kind: hashes.HashAlgorithm = _SHA1,
    by_name: bool = False,
) -> bytes:
    """An OCSP answer of a week's life, of the issuer itself or a delegated responder."""
    responder = by or issuer
    status = ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD
    if unknown:
        status = ocsp.OCSPCertStatus.UNKNOWN
    encoding = ocsp.OCSPResponderEncoding
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=about.certificate,
            issuer=issuer.certificate,
            algorithm=hash_kind,
            cert_status=status,
            this_update=since,
            next_update=until or since + WEEK,
            revocation_time=revoked_at,
            revocation_reason=reason if revoked_at else None,
        )
        .responder_id(encoding.NAME if by_name else encoding.HASH, responder.certificate)
    )
    if by is not None:
        builder = builder.certificates([by.certificate])
    made = builder.sign(responder.key, hashes.SHA256())
    return made.public_bytes(Encoding.DER)


@dataclass(frozen=True)
class Struck:
    """An entry of a list."""

    holder: Holder
    at: datetime
    reason: x509.ReasonFlags | None = None
    invalid_since: datetime | None = None


def revocation_list(
    issuer: Holder,
    since: datetime,
    *struck: Struck,
    until: datetime | None = None,
    more: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    by: Holder | None = None,
) -> bytes:
    """A list of a week's life."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(since)
        .next_update(until or since + WEEK)
    )
    for extension, critical in more:
        builder = builder.add_extension(extension, critical)
    for one in struck:
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(one.holder.certificate.serial_number)
            .revocation_date(one.at)
        )
        if one.reason:
            entry = entry.add_extension(x509.CRLReason(one.reason), critical=False)
        if one.invalid_since:
            entry = entry.add_extension(x509.InvalidityDate(one.invalid_since), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    made = builder.sign((by or issuer).key, hashes.SHA256())
    return made.public_bytes(Encoding.DER)


OCSP_SIGNING = x509.ExtendedKeyUsageOID.OCSP_SIGNING
TIME_STAMPING = x509.ExtendedKeyUsageOID.TIME_STAMPING


@dataclass(frozen=True)
class Authority:
    """Root, issuing authority, responder and time-stamp authority."""

    root: Holder
    issuing: Holder
    responder: Holder
    stamps: Holder

    @classmethod
    def make(cls) -> "Authority":
        root = make_root(Plan("Gốc", kind="rsa:root", ocsp_url="", crl_url="").authority_of())
        issuing = root.issue(Plan("Cấp", kind="secp384r1").authority_of(0))
        responder = issuing.issue(
            Plan("OCSP", kind="secp256r1:ocsp", purposes=(OCSP_SIGNING,), no_check=True)
        )
        stamps = root.issue(
            Plan(
                "Dấu thời gian",
                kind="secp256r1:stamps",
                usages=("digital_signature",),
                purposes=(TIME_STAMPING,),
            )
        )
        return cls(root, issuing, responder, stamps)

    def evidence(
        self, about: Holder, since: datetime
    ) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """Good answers about a holder, and lists about the authorities."""
        good = answer(self.issuing, about, since, by=self.responder)
        return (good,), (revocation_list(self.root, since),)
