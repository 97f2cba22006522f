"""Messages made by an independent encoder, signed with keys of every kind."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

START = datetime(2020, 1, 1, tzinfo=UTC)
END = datetime(2040, 1, 1, tzinfo=UTC)
CONTENT = b"%PDF-1.7 the bytes of the range"
HASHES = {
    "sha1": (hashes.SHA1(), "1.3.14.3.2.26"),  # noqa: S303 (historical)
    "sha224": (hashes.SHA224(), "2.16.840.1.101.3.4.2.4"),
    "sha256": (hashes.SHA256(), "2.16.840.1.101.3.4.2.1"),
    "sha384": (hashes.SHA384(), "2.16.840.1.101.3.4.2.2"),
    "sha512": (hashes.SHA512(), "2.16.840.1.101.3.4.2.3"),
    "sha3_256": (hashes.SHA3_256(), "2.16.840.1.101.3.4.2.8"),
    "sha3_384": (hashes.SHA3_384(), "2.16.840.1.101.3.4.2.9"),
    "sha3_512": (hashes.SHA3_512(), "2.16.840.1.101.3.4.2.10"),
    "shake_256": (hashes.SHAKE256(64), "2.16.840.1.101.3.4.2.12"),
    "md5": (hashes.MD5(), "1.2.840.113549.2.5"),  # noqa: S303 (to be refused)
}
RSA_OIDS = {
    "": "1.2.840.113549.1.1.1",
    "sha1": "1.2.840.113549.1.1.5",
    "sha224": "1.2.840.113549.1.1.14",
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
    "sha3_256": "2.16.840.1.101.3.4.3.14",
    "sha3_384": "2.16.840.1.101.3.4.3.15",
    "sha3_512": "2.16.840.1.101.3.4.3.16",
}
EC_OIDS = {
    "sha1": "1.2.840.10045.4.1",
    "sha224": "1.2.840.10045.4.3.1",
    "sha256": "1.2.840.10045.4.3.2",
    "sha384": "1.2.840.10045.4.3.3",
    "sha512": "1.2.840.10045.4.3.4",
    "sha3_256": "2.16.840.1.101.3.4.3.10",
    "sha3_384": "2.16.840.1.101.3.4.3.11",
    "sha3_512": "2.16.840.1.101.3.4.3.12",
}
CURVES = {
    one.name: one
    for one in (
        ec.SECP256R1(),
        ec.SECP384R1(),
        ec.SECP521R1(),
        ec.BrainpoolP256R1(),
        ec.BrainpoolP384R1(),
        ec.BrainpoolP512R1(),
    )
}


PrivateKey = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
)


@cache
def key(kind: str) -> PrivateKey:
    """`rsa`, `rsa1024`, `ed25519`, `ed448` or a curve's name; `rsa:other` is another such key."""
    kind = kind.split(":", maxsplit=1)[0]
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:] or 2048))
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "ed448":
        return ed448.Ed448PrivateKey.generate()
    return ec.generate_private_key(CURVES.get(kind) or getattr(ec, kind)())


def name_of(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Cơ quan thử nghiệm"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, common),
        ]
    )


@cache
def self_made(kind: str) -> bytes:
    """DER of a certificate that a key of this kind signed for itself."""
    private = key(kind)
    kind_of_hash = None if kind.startswith("ed") else hashes.SHA256()
    built = (
        x509.CertificateBuilder()
        .subject_name(name_of(kind))
        .issuer_name(name_of(kind))
        .public_key(private.public_key())
        .serial_number(4242)
        .not_valid_before(START)
        .not_valid_after(END)
        .sign(private, kind_of_hash)
    )
    return built.public_bytes(Encoding.DER)


def digest(name: str, data: bytes) -> bytes:
    return (
        hashlib.shake_256(data).digest(64)
        if name == "shake_256"
        else hashlib.new(name, data).digest()
    )


def digest_of(data: bytes) -> Callable[[str], bytes]:
    return lambda name: digest(name, data)


def sign_raw(private: PrivateKey, data: bytes, name: str, scheme: str) -> bytes:
    if isinstance(private, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey):
        return private.sign(data)
    kind = HASHES[name][0]
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return private.sign(data, ec.ECDSA(kind))
    if scheme == "pss":
        return private.sign(data, padding.PSS(padding.MGF1(kind), kind.digest_size), kind)
    return private.sign(data, padding.PKCS1v15(), kind)


def algorithm(private: PrivateKey, name: str, scheme: str) -> algos.SignedDigestAlgorithm:
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return algos.SignedDigestAlgorithm({"algorithm": "1.3.101.112"})
    if isinstance(private, ed448.Ed448PrivateKey):
        return algos.SignedDigestAlgorithm({"algorithm": "1.3.101.113"})
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return algos.SignedDigestAlgorithm({"algorithm": EC_OIDS[name]})
    if scheme == "pss":
        return pss_algorithm(name, HASHES[name][0].digest_size)
    oid = RSA_OIDS["" if scheme == "plain" else name]
    return algos.SignedDigestAlgorithm({"algorithm": oid, "parameters": core.Null()})


def pss_algorithm(name: str, salt: int, mask: str = "") -> algos.SignedDigestAlgorithm:
    oid, mask_oid = HASHES[name][1], HASHES[mask or name][1]
    parameters = {
        "hash_algorithm": {"algorithm": oid},
        "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": mask_oid}},
        "salt_length": salt,
    }
    return algos.SignedDigestAlgorithm(
        {"algorithm": "rsassa_pss", "parameters": algos.RSASSAPSSParams(parameters)}
    )


@dataclass(kw_only=True)
class Maker:
    """What a message is made of; alter what the test is about."""

    kind: str = "rsa"
    hash_name: str = "sha256"
    scheme: str = "named"
    certificate: bytes = b""
    others: tuple[bytes, ...] = ()
    content: bytes | None = None
    content_type: str = "data"
    signed_content: bytes = CONTENT
    attributes: bool = True
    drop: str = ""
    double: str = ""
    named: bytes | None = None
    extra: tuple = ()
    tokens: tuple[bytes, ...] = ()
    algorithm: algos.SignedDigestAlgorithm | None = None
    signers: int = 1
    carried: bool = True
    """Whether the certificates travel in the message."""

    def __post_init__(self) -> None:
        self.certificate = self.certificate or self_made(self.kind)

    def signed_attributes(self) -> cms.CMSAttributes:
        attributes = {
            "content_type": cms.CMSAttribute(
                {"type": "content_type", "values": [self.content_type]}
            ),
            "message_digest": cms.CMSAttribute(
                {
                    "type": "message_digest",
                    "values": [digest(self.hash_name, self.signed_content)],
                }
            ),
            "signing_certificate_v2": _named(self.named or self.certificate),
        }
        kept = [one for label, one in attributes.items() if label != self.drop]
        doubled = [attributes[self.double]] if self.double else []
        return cms.CMSAttributes([*kept, *doubled, *self.extra])

    def build(self) -> cms.ContentInfo:
        private = key(self.kind)
        signed = self.signed_attributes()
        data = signed.dump() if self.attributes else self.signed_content
        oid = HASHES[self.hash_name][1]
        holder = asn1_x509.Certificate.load(self.certificate)
        signer = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": {
                        "issuer": holder.issuer,
                        "serial_number": holder.serial_number,
                    }
                }
            ),
            "digest_algorithm": {"algorithm": oid},
            "signature_algorithm": self.algorithm
            or algorithm(private, self.hash_name, self.scheme),
            "signature": sign_raw(private, data, self.hash_name, self.scheme),
        }
        if self.attributes:
            signer["signed_attrs"] = signed
        if self.tokens:
            tokens = [cms.ContentInfo.load(one) for one in self.tokens]
            signer["unsigned_attrs"] = [{"type": "signature_time_stamp_token", "values": tokens}]
        inside = {"content_type": self.content_type}
        if self.content is not None:
            inside["content"] = core.ParsableOctetString(self.content)
        structure = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": oid}],
                "encap_content_info": cms.EncapsulatedContentInfo(inside),
                "certificates": [
                    asn1_x509.Certificate.load(one)
                    for one in (self.certificate, *self.others)
                    if self.carried
                ],
                "signer_infos": [cms.SignerInfo(signer)] * self.signers,
            }
        )
        return cms.ContentInfo({"content_type": "signed_data", "content": structure})

    def der(self) -> bytes:
        return self.build().dump()


def _named(certificate: bytes) -> cms.CMSAttribute:
    identified = {"cert_hash": hashlib.sha256(certificate).digest()}
    return cms.CMSAttribute({"type": "signing_certificate_v2", "values": [{"certs": [identified]}]})


def make_token(
    imprinted: bytes,
    at: datetime = START + timedelta(days=1),
    *,
    kind: str = "rsa:stamps",
    hash_name: str = "sha256",
    imprint_hash: str = "sha256",
    certificate: bytes = b"",
    others: tuple[bytes, ...] = (),
    **changed: Any,  # noqa: ANN401 (fields of `Maker`)
) -> bytes:
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": "1.2.3.4",
            "message_imprint": {
                "hash_algorithm": {"algorithm": HASHES[imprint_hash][1]},
                "hashed_message": digest(imprint_hash, imprinted),
            },
            "serial_number": 7,
            "gen_time": at,
        }
    ).dump()
    return Maker(
        kind=kind,
        hash_name=hash_name,
        certificate=certificate,
        others=others,
        content_type="tst_info",
        content=info,
        signed_content=info,
        **changed,
    ).der()


def signature_of(message: bytes) -> bytes:
    """The signature value within a message."""
    return cms.ContentInfo.load(message)["content"]["signer_infos"][0]["signature"].native


def stamped(maker: Maker, *makers_of_tokens: Callable[[bytes], bytes]) -> bytes:
    """The message with tokens made over its own signature value, which RSA makes anew the same."""
    value = signature_of(maker.der())
    return replace(maker, tokens=tuple(make(value) for make in makers_of_tokens)).der()
