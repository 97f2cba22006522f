"""Takes a signed message apart: the CMS of a PDF signature, or a time-stamp token.

What is read here is not verified yet: `signing.judge.crypto.mathematics` does that.
Source: RFC 5652, 5 (SignedData); RFC 3161, 2.4.2 (tokens); ISO 32000-2, 12.8.3.3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from signing.encoding import der
from signing.encoding.ber import definite, is_indefinite
from signing.encoding.certificate import (
    Algorithm,
    Certificate,
    parse_certificate,
    read_algorithm,
)
from signing.encoding.der import BerFound, DerFault, Item
from signing.judge.crypto import attributes
from signing.judge.crypto.algorithms import hash_name_of
from signing.judge.crypto.attributes import Attributes
from signing.judge.crypto.faults import RefusedMessage, unsure

SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
DATA: Final = "1.2.840.113549.1.7.1"
TOKEN_INFO: Final = "1.2.840.113549.1.9.16.1.4"  # noqa: S105 (an object identifier)

_CERTIFICATES: Final = 0xA0
_CRLS: Final = 0xA1
_CHOICES: Final = frozenset({der.SEQUENCE, 0xA0, 0xA1, 0xA2, 0xA3})
"""A certificate, or one of the other kinds that nobody uses here. Source: RFC 5652, 10.2.2."""

_KEY_IDENTIFIER: Final = 0x80
_SIGNED: Final = 0xA0
_UNSIGNED: Final = 0xA1
_VERSIONS: Final = range(6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A SignedData with one signer, taken apart."""

    certificate: Certificate
    """The one that the signer names."""

    others: tuple[bytes, ...]
    """DER of the other certificates."""

    content_type: str
    """Object identifier of what is signed: data, or a token's info."""

    content: bytes | None
    """What travels inside; None where the message is detached, also where it is of length zero."""

    hash_name: str
    """Of the digest algorithm, as `hashlib` names it."""

    algorithm: Algorithm
    """Of the signature."""

    signature: bytes
    signed_attributes: bytes | None
    """The SET that was signed, DER; None where the content itself was."""

    stated_digest: bytes | None
    """The attribute messageDigest; None without signed attributes."""

    names_certificate: bool = False
    """Whether a signed attribute names the signer's certificate, by its hash."""

    tokens: tuple[bytes, ...] = ()
    """Time-stamp tokens of the signature, DER, not read yet."""

    encoded: bytes = b""
    """DER of the whole ContentInfo."""

    padding_used: bool = False
    """Behind the message, where zeros belong, are other bytes."""


def read_message(contents: bytes) -> Message:
    """Takes the /Contents of a signature dictionary apart.

    Args:
        contents: DER of a ContentInfo, then any number of zeros.

    Raises:
        RefusedMessage: No honest writer makes this.
        UnsureMessage: Not fully understood.
    """
    try:
        return _read(contents)
    except BerFound as err:
        raise unsure("der", str(err)) from err
    except (DerFault, IndexError, ValueError) as err:
        raise RefusedMessage("message_malformed", type(err).__name__) from err


def _read(contents: bytes) -> Message:
    if _is_zeros(contents, 0):
        raise unsure("filled")
    if contents[0] == der.OCTET_STRING:
        raise unsure("one_signer", "no message: see `read_bare`")
    if is_indefinite(contents):
        framed, end = definite(contents)
        return replace(_message(framed), padding_used=not _is_zeros(contents, end))
    return _message(contents)


def _message(contents: bytes) -> Message:
    outer = der.item_at(contents, 0, len(contents))
    kind, wrapped = der.inside(contents, outer)
    if der.oid(contents, kind) != SIGNED_DATA:
        raise unsure("one_signer", "content type")
    parts = der.inside(contents, der.explicit(contents, wrapped, 0))
    _check_version(contents, parts[0])
    der.inside(contents, parts[1], der.SET)
    content_type, content = _content(contents, parts[2])
    ders, signers = _sets(contents, parts[3:])
    if len(signers) != 1:
        raise unsure("one_signer", str(len(signers)))
    padding_used = not _is_zeros(contents, outer.end)
    signer = _Signer(contents, signers[0], ders)
    return signer.message(
        content_type, content, encoded=contents[: outer.end], padding_used=padding_used
    )


def _is_zeros(data: bytes, start: int) -> bool:
    """Whether there is nothing but zeros from here; placeholders are long."""
    return data.count(0, start) == len(data) - start


def _check_version(data: bytes, item: Item) -> None:
    if der.integer(data, item) not in _VERSIONS:
        raise unsure("one_signer", "version")


def _content(data: bytes, item: Item) -> tuple[str, bytes | None]:
    """Source: RFC 5652, 5.2; content of length zero is none."""
    parts = der.inside(data, item)
    kind = der.oid(data, parts[0])
    if len(parts) == 1:
        return kind, None
    content = der.body(data, der.explicit(data, parts[1], 0), der.OCTET_STRING)
    return kind, content or None


def _sets(data: bytes, parts: list[Item]) -> tuple[tuple[bytes, ...], list[Item]]:
    """Certificates and signers; CRLs that travel in it are not used."""
    ders: tuple[bytes, ...] = ()
    *optional, signers = parts
    for part in optional:
        if part.tag == _CERTIFICATES:
            inner = der.items(data, part.start, part.end)
            if any(one.tag not in _CHOICES for one in inner):
                raise DerFault("certificate")
            ders = tuple(der.whole(data, one) for one in inner if one.tag == der.SEQUENCE)
        elif part.tag != _CRLS:
            raise DerFault("part of the message")
    return ders, der.inside(data, signers, der.SET)


class _Signer:
    """A SignerInfo. Source: RFC 5652, 5.3."""

    def __init__(self, data: bytes, item: Item, ders: tuple[bytes, ...]) -> None:
        parts = der.inside(data, item)
        _check_version(data, parts[0])
        self._data = data
        self._ders = ders
        self._name = parts[1]
        self._digest = read_algorithm(data, parts[2])
        self._attributes = parts[3] if parts[3].tag == _SIGNED else None
        algorithm, signature, *rest = parts[4 if self._attributes else 3 :]
        self._algorithm = read_algorithm(data, algorithm)
        self._signature = der.body(data, signature, der.OCTET_STRING)
        self._unsigned = rest[0] if rest else None
        if len(rest) > 1 or (rest and rest[0].tag != _UNSIGNED):
            raise DerFault("signer")

    def message(
        self, content_type: str, content: bytes | None, *, encoded: bytes, padding_used: bool
    ) -> Message:
        certificate = self._certificate()
        found = self._signed_attributes(content_type, certificate)
        return Message(
            certificate=certificate,
            others=tuple(one for one in self._ders if one != certificate.encoded),
            content_type=content_type,
            content=content,
            hash_name=hash_name_of(self._digest),
            algorithm=self._algorithm,
            signature=self._signature,
            signed_attributes=self._set() if self._attributes is not None else None,
            stated_digest=found.digest if found is not None else None,
            names_certificate=found is not None and found.names_certificate,
            tokens=self._tokens(),
            encoded=encoded,
            padding_used=padding_used,
        )

    def _set(self) -> bytes | None:
        """What was signed: the attributes under the tag of a SET. Source: RFC 5652, 5.4."""
        if self._attributes is None:
            return None
        return b"\x31" + self._data[self._attributes.head + 1 : self._attributes.end]

    def _signed_attributes(self, content_type: str, certificate: Certificate) -> Attributes | None:
        if self._attributes is None:
            return None
        found = attributes.read_signed(self._data, self._attributes)
        if found.content_type != content_type:
            raise RefusedMessage("message_malformed", "contentType")
        attributes.check_protection(found, self._digest, self._algorithm)
        attributes.check_named(found, certificate)
        return found

    def _certificate(self) -> Certificate:
        chosen = {one for one in self._ders if self._is_named(one)}
        if len(chosen) != 1:
            raise unsure("signer_certificate", str(len(chosen)))
        return parse_certificate(chosen.pop())

    def _is_named(self, encoded: bytes) -> bool:
        try:
            certificate = parse_certificate(encoded)
            if self._name.tag == _KEY_IDENTIFIER:
                identifier = self._data[self._name.start : self._name.end]
                return certificate.key_identifier == identifier
        except DerFault as err:
            # Another reader may see the signer's certificate in what is not understood here.
            raise unsure("signer_certificate", str(err)) from err
        issuer, serial = der.inside(self._data, self._name)
        return certificate.serial == der.integer(
            self._data, serial
        ) and certificate.issuer == der.whole(self._data, issuer)

    def _tokens(self) -> tuple[bytes, ...]:
        if self._unsigned is None:
            return ()
        return attributes.read_tokens(self._data, self._unsigned)


def read_bare(contents: bytes, certificates: tuple[bytes, ...]) -> Message:
    """Takes the /Contents of adbe.x509.rsa_sha1 apart: a bare signature in an OCTET STRING.

    Args:
        contents: DER, then any number of zeros.
        certificates: DER from /Cert of the signature dictionary, the signer's first.

    Raises:
        RefusedMessage: No honest writer makes this.
        UnsureMessage: Not fully understood.

    Source: ISO 32000-1, 12.8.3.2.
    """
    try:
        item = der.item_at(contents, 0, len(contents))
        signature = der.body(contents, item, der.OCTET_STRING)
        certificate = parse_certificate(certificates[0])
    except BerFound as err:
        raise unsure("der", str(err)) from err
    except (DerFault, IndexError) as err:
        raise RefusedMessage("message_malformed", type(err).__name__) from err
    return Message(
        certificate=certificate,
        others=certificates[1:],
        content_type=DATA,
        content=None,
        hash_name="sha1",
        algorithm=Algorithm("1.2.840.113549.1.1.1"),
        signature=signature,
        signed_attributes=None,
        stated_digest=None,
        padding_used=not _is_zeros(contents, item.end),
    )
