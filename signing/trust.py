"""Whom we trust, and whose certificate is whose: data of the office, handed in by the caller."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from signing.certificates import load, read_facts
from signing.encoding.certificate import parse_certificate
from signing.encoding.der import DerFault
from signing.errors import TrustStoreError

if TYPE_CHECKING:
    # Slow to import, and needed by whoever reads anchors alone.
    from asn1crypto import cms

_TEST_WORD = "thử nghiệm"
_BROKEN: Final = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError,
)  # fmt: skip
"""What strangers' files bring out of the library."""


class Purpose(StrEnum):
    """What is certified under an anchor."""

    OFFICER = "officer"
    """Signatures of persons."""

    AGENCY = "agency"
    """Seals of agencies."""

    STAMP = "stamp"
    """Time stamps."""


PURPOSE_WORDS: Final[Mapping[Purpose, str]] = {
    Purpose.OFFICER: "chữ ký cán bộ",
    Purpose.AGENCY: "con dấu cơ quan",
    Purpose.STAMP: "dấu thời gian",
}
"""What an anchor is trusted for, as officials say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A certificate that is trusted by itself, whatever its issuer, within what the office said."""

    der: bytes
    test_only: bool = False
    """What is certified under it has no legal value; every report then says so."""

    name: str = ""
    """How the office calls it; empty where nobody said anything of it."""

    source: str = ""
    """Where the office has it from."""

    reason: str = ""
    """Why it is trusted."""

    since: date | None = None
    """First day, in Việt Nam, on which what is certified under it counts; None without a limit."""

    until: date | None = None
    """Last such day."""

    purposes: frozenset[Purpose] = frozenset(Purpose)
    organisations: tuple[str, ...] = ()
    """Names of those that may be certified under it, as their certificates say; empty: all."""

    @property
    def sha256_hex(self) -> str:
        """Fingerprint over the DER."""
        return hashlib.sha256(self.der).hexdigest()


class HolderKind(StrEnum):
    """Whose certificate it is."""

    OFFICER = "officer"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredHolder:
    """Whom the office's data name for a certificate."""

    kind: HolderKind
    name: str
    organisation: str = ""
    until: date | None = None
    """Last day, in Việt Nam, on which the office accepts it: set where it was ended, for instance
    because its token was lost. None without a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStore:
    """Anchors, helping certificates and registrations. An empty one trusts nobody."""

    anchors: tuple[Anchor, ...] = ()
    intermediates: tuple[bytes, ...] = ()
    """DER of certificates that may be needed for a chain; not trusted by themselves."""

    registered: Mapping[str, RegisteredHolder] = field(default_factory=dict)
    """Holder by fingerprint (SHA-256 over the DER, lower-case hexadecimal)."""

    def with_anchors(self, extra: Iterable[Anchor]) -> TrustStore:
        """The same store with further anchors, for one call."""
        return TrustStore(
            anchors=(*self.anchors, *extra),
            intermediates=self.intermediates,
            registered=self.registered,
        )


def load_anchors(paths: Iterable[Path]) -> tuple[Anchor, ...]:
    """Anchors from PEM (one or several), DER or P7B files; a folder gives all of its files.

    Content decides, not the suffix. An anchor whose own name says THỬ NGHIỆM is marked as a test's.

    Raises:
        TrustStoreError: A file cannot be read or holds no certificate.
    """
    return tuple(_anchor(der) for path in paths for der in load_certificates(path))


def anchors_in(data: bytes, name: str) -> tuple[Anchor, ...]:
    """Anchors of a file that somebody sends, as `load_anchors` has them.

    Raises:
        TrustStoreError: It holds no certificate, or one that cannot be read; names it as `name`.
    """
    return tuple(_anchor(der) for der in _certificates_in(data, name))


def load_certificates(path: Path) -> tuple[bytes, ...]:
    """DER of every certificate in a file or in a folder's files.

    Raises:
        TrustStoreError: A file cannot be read or holds no certificate.
    """
    if path.is_dir():
        files = sorted(one for one in path.iterdir() if one.is_file())
        return tuple(der for file in files for der in load_certificates(file))
    try:
        data = path.read_bytes()
    except OSError as err:
        raise TrustStoreError(str(path), str(err)) from err
    return _certificates_in(data, str(path))


def _certificates_in(data: bytes, name: str) -> tuple[bytes, ...]:
    try:
        found = tuple(_certificates(data))
    except _BROKEN as err:
        raise TrustStoreError(name, str(err)) from err
    if not found:
        raise TrustStoreError(name, "no certificate")
    return found


def _certificates(data: bytes) -> Iterable[bytes]:
    from asn1crypto import pem  # noqa: PLC0415 (see above)

    if not pem.detect(data):
        yield from _binary(data)
        return
    for kind, _, der in pem.unarmor(data, multiple=True):
        if kind in {"CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CERTIFICATE", "PKCS7"}:
            yield from _binary(der)


def _binary(der: bytes) -> Iterable[bytes]:
    if _is_plain(der):
        read_facts(der)  # raises where its names cannot be read
        yield der
        return
    from asn1crypto import cms  # noqa: PLC0415 (see above)

    container = cms.ContentInfo.load(der)
    if _is_signed_data(container):
        for choice in container["content"]["certificates"]:
            held = bytes(choice.chosen.dump())
            read_facts(held)  # raises where it is of another kind
            yield held
        return
    read_facts(der)  # raises where the content is no certificate
    yield bytes(load(der).dump())


def _is_plain(der: bytes) -> bool:
    """Whether it is a certificate and nothing else, as nearly every anchor is."""
    try:
        parse_certificate(der)
    except DerFault:
        return False
    return True


def _is_signed_data(container: cms.ContentInfo) -> bool:
    try:
        return bool(container["content_type"].native == "signed_data")
    except ValueError:
        return False


def _anchor(der: bytes) -> Anchor:
    return Anchor(der=der, test_only=_is_test(der))


def _is_test(der: bytes) -> bool:
    facts = read_facts(der)
    return _TEST_WORD in f"{facts.name} {facts.organisation}".casefold()
