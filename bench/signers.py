"""Those that sign in the race: ours, plain pyHanko, and @signpdf/signpdf in a process of Node's."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

from bench.documents import PAGE_HEIGHT_PT
from signing.fields import SignatureFieldBox, add_signature_fields
from signing.keys.software import SoftwareKey, open_pkcs12
from signing.names import OFFICER_FIELD
from signing.request import SignatureKind, SignatureRequest
from signing.sign import sign_document
from wiring.clock import real_now
from wiring.settings import PROJECT, TINOS

PIN: Final = "thu-nghiem"
NAME: Final = "Tran Thu"
"""Without marks: the peer in Node's process mangles others."""
_SCRIPT: Final = PROJECT / "bench" / "signpdf.cjs"
_REQUEST: Final = SignatureRequest(kind=SignatureKind.OFFICER, field=OFFICER_FIELD, name=NAME)


def make_key(path: Path) -> None:
    """Writes an RSA-2048 key with a certificate of its own making.

    The container costs next to nothing to open: a peer that opens it for every signature must not
    lose by that.
    """
    now = real_now()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    usage = dict.fromkeys(
        (
            "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
            "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True
        )
        .sign(key, hashes.SHA256())
    )
    cheap = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(1)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(PIN.encode())
    )
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(NAME.encode(), key, certificate, None, cheap)
    )


@dataclass(frozen=True)
class Signers:
    """The keys of both Python signers, opened once."""

    key: SoftwareKey
    plain: signers.SimpleSigner

    @classmethod
    def open(cls, path: Path) -> Self:
        """Opens the key for both."""
        plain = signers.SimpleSigner.load_pkcs12(  # type: ignore[no-untyped-call]  # no types there
            str(path), passphrase=PIN.encode()
        )
        if plain is None:
            raise ValueError(path)
        return cls(open_pkcs12(path, PIN), plain)

    def ours(self, pdf: bytes) -> bytes:
        """Ours, into a field that is there."""
        return sign_document(pdf, request=_REQUEST, key=self.key, at=real_now(), fonts=TINOS)

    def pyhanko(self, pdf: bytes) -> bytes:
        """Plain pyHanko with its defaults; it makes its field itself."""
        meta = signers.PdfSignatureMetadata(field_name="Signature1")
        signer = signers.PdfSigner(meta, signer=self.plain)
        return bytes(signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf))).getbuffer())


def with_field(pdf: bytes, *, visible: bool) -> bytes:
    """The document with the empty field that ours signs."""
    size = 140.0 if visible else 0.0
    box = SignatureFieldBox(
        name=OFFICER_FIELD,
        page=1,
        x_pt=320,
        y_pt=500,
        w_pt=size,
        h_pt=size / 2,
        page_height_pt=PAGE_HEIGHT_PT,
    )
    return add_signature_fields(pdf, [box])


class SignPdf:
    """@signpdf/signpdf in a process of its own, which tells how long each signature took."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def seconds(self, path: Path, out: Path | None = None) -> float:
        """Signs a file, which it keeps in memory, and returns what the signature took."""
        asked, told = self._process.stdin, self._process.stdout
        if asked is None or told is None:
            raise RuntimeError
        asked.write(json.dumps([str(path), str(out) if out else None]) + "\n")
        asked.flush()
        return float(told.readline()) / 1000


@contextmanager
def running_signpdf(key: Path) -> Iterator[SignPdf]:
    """Starts the process, and ends it."""
    command = ["node", str(_SCRIPT), str(key), PIN]
    with subprocess.Popen(  # noqa: S603 (our own script)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield SignPdf(process)
        finally:
            process.terminate()
