"""Writes PDF files byte by byte, as no library would: base documents, revisions, signatures.

Every number and every offset is the caller's, so that honest files and attacks are made alike.
"""

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

Objects = Mapping[int, bytes]

_ROOM = 3000
"""Bytes of a signature's /Contents."""

_RANGE = b"[0 0000000000 0000000000 0000000000]"


def stream(body: bytes, keys: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(body), keys, body)


def deflated(body: bytes, keys: bytes = b"") -> bytes:
    return stream(zlib.compress(body), b"/Filter/FlateDecode" + keys)


def base(
    objects: Objects,
    *,
    trailer: bytes = b"",
    streamed: bool = False,
    packed: Objects | None = None,
    size: int | None = None,
) -> bytes:
    """A first revision; object 1 is its catalog."""
    return _write(
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        objects,
        trailer=b"/Root 1 0 R" + trailer,
        streamed=streamed,
        packed=packed or {},
        size=size,
        freed=(),
        prev=None,
    )


def revise(
    pdf: bytes,
    objects: Objects,
    *,
    trailer: bytes | None = None,
    streamed: bool = False,
    packed: Objects | None = None,
    freed: Iterable[int] = (),
    size: int | None = None,
    prev: int | None = None,
) -> bytes:
    """One more revision, by a table or by a stream; of its own trailer keys those given."""
    kept = b"/Root 1 0 R" if trailer is None else trailer
    return _write(
        pdf,
        objects,
        trailer=kept,
        streamed=streamed,
        packed=packed or {},
        size=max(size or 0, last_size(pdf)),
        freed=tuple(freed),
        prev=last_section(pdf) if prev is None else prev,
    )


def _write(
    pdf: bytes,
    objects: Objects,
    *,
    trailer: bytes,
    streamed: bool,
    packed: Objects,
    size: int | None,
    freed: tuple[int, ...],
    prev: int | None,
) -> bytes:
    out = bytearray(pdf)
    if not out.endswith(b"\n"):
        out += b"\n"
    places: dict[int, int] = {}
    count = max([size or 0, *(n + 1 for n in (*objects, *packed, *freed))])
    members: dict[int, tuple[int, int]] = {}
    everything = dict(objects)
    if packed:
        everything[count] = object_stream(packed)
        members = {number: (count, at) for at, number in enumerate(packed)}
        count += 1
    for number, body in everything.items():
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    more = trailer if prev is None else trailer + b"/Prev %d" % prev
    if streamed or packed:
        return bytes(out) + _by_stream(len(out), places, members, freed, count, more)
    return bytes(out) + _by_table(len(out), places, freed, count, more, first=prev is None)


def object_stream(packed: Objects) -> bytes:
    heads, body = [], b""
    for number, one in packed.items():
        heads.append(b"%d %d" % (number, len(body)))
        body += one + b"\n"
    head = b" ".join(heads) + b"\n"
    keys = b"/Type/ObjStm/N %d/First %d" % (len(packed), len(head))
    return deflated(head + body, keys)


def _by_table(
    at: int,
    places: dict[int, int],
    freed: tuple[int, ...],
    size: int,
    trailer: bytes,
    *,
    first: bool,
) -> bytes:
    rows = {number: b"%010d 00000 n \n" % place for number, place in places.items()}
    rows.update(dict.fromkeys(freed, b"0000000000 00001 f \n"))
    if first:
        rows[0] = b"0000000000 65535 f \n"
    lines = b"".join(b"%d 1\n" % number + rows[number] for number in sorted(rows))
    if first and sorted(rows) == list(range(len(rows))):
        lines = b"0 %d\n" % len(rows) + b"".join(rows[number] for number in sorted(rows))
    head = b"xref\n" + lines + b"trailer\n<</Size %d%s>>\n" % (size, trailer)
    return head + b"startxref\n%d\n%%%%EOF\n" % at


def _by_stream(  # noqa: PLR0917 (one row of a table each)
    at: int,
    places: dict[int, int],
    members: dict[int, tuple[int, int]],
    freed: tuple[int, ...],
    size: int,
    trailer: bytes,
) -> bytes:
    own = size
    rows = {number: (1, place, 0) for number, place in places.items()}
    rows.update({number: (2, *where) for number, where in members.items()})
    rows.update(dict.fromkeys(freed, (0, 0, 1)))
    rows[own] = (1, at, 0)
    data = b"".join(
        bytes([kind]) + place.to_bytes(4, "big") + more.to_bytes(2, "big")
        for _, (kind, place, more) in sorted(rows.items())
    )
    index = b" ".join(b"%d 1" % number for number in sorted(rows))
    keys = b"/Type/XRef/Size %d/W[1 4 2]/Index[%s]%s" % (own + 1, index, trailer)
    body = b"%d 0 obj\n" % own + deflated(data, keys) + b"\nendobj\n"
    return body + b"startxref\n%d\n%%%%EOF\n" % at


def with_size(pdf: bytes, size: int) -> bytes:
    """The newest trailer says another /Size."""
    at = pdf.rindex(b"/Size ")
    return pdf[:at] + b"/Size %d" % size + pdf[pdf.index(b"/", at + 1) :]


def last_section(pdf: bytes) -> int:
    return int(re.findall(rb"startxref\s+(\d+)\s+%%EOF", pdf)[-1])


def last_size(pdf: bytes) -> int:
    return int(re.findall(rb"/Size (\d+)", pdf[last_section(pdf) :])[0])


def next_number(pdf: bytes) -> int:
    return last_size(pdf)


@dataclass(frozen=True)
class Signer:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def sign(self, data: bytes) -> bytes:
        builder = pkcs7.PKCS7SignatureBuilder().set_data(data)
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256())
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        return builder.sign(Encoding.DER, options)


@cache
def signer() -> Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Người thử")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    return Signer(certificate, key)


def signature_dictionary(keys: bytes = b"", subfilter: bytes = b"adbe.pkcs7.detached") -> bytes:
    """With empty room for /ByteRange and /Contents; `fill` puts them in."""
    return b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/%s/ByteRange%s/Contents<%s>%s>>" % (
        subfilter,
        _RANGE,
        b"0" * (2 * _ROOM),
        keys,
    )


class Signs(Protocol):
    def sign(self, data: bytes) -> bytes: ...


def fill(pdf: bytes, by: Signs | None = None) -> bytes:
    """Signs the last dictionary that still has an empty range; it covers the whole file."""
    at = pdf.rindex(_RANGE)
    first = pdf.index(b"/Contents<", at) + len(b"/Contents")
    second = first + 2 * _ROOM + 2
    written = b"[0 %010d %010d %010d]" % (first, second, len(pdf) - second)
    ranged = pdf[:at] + written + pdf[at + len(_RANGE) :]
    contents = (by or signer()).sign(ranged[:first] + ranged[second:]).hex().encode()
    return ranged[: first + 1] + contents.ljust(2 * _ROOM, b"0") + ranged[second - 1 :]


def sign(
    pdf: bytes,
    objects: Objects,
    *,
    value: int,
    keys: bytes = b"",
    trailer: bytes | None = None,
    streamed: bool = False,
    freed: Iterable[int] = (),
) -> bytes:
    """One revision with a signature dictionary under the number `value`, really signed."""
    everything = {**objects, value: signature_dictionary(keys)}
    return fill(revise(pdf, everything, trailer=trailer, streamed=streamed, freed=freed))
