"""Who signed a certificate, an answer or a list: checks that hold whatever the time.

What these caches keep are facts of mathematics about bytes, never a verdict.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Protocol

from signing.encoding.certificate import (
    AUTHORITY_INFORMATION_ACCESS,
    BASIC_CONSTRAINTS,
    CRL_DISTRIBUTION_POINTS,
    EXTENDED_KEY_USAGE,
    KEY_USAGE,
    OCSP_NO_CHECK,
    SUBJECT_ALTERNATIVE_NAME,
    SUBJECT_KEY_IDENTIFIER,
    Algorithm,
    Certificate,
)
from signing.judge.crypto.algorithms import Scheme, UnknownScheme, holds, scheme_of
from signing.judge.crypto.faults import RefusedMessage, unsure

_KNOWN: Final = frozenset(
    {
        AUTHORITY_INFORMATION_ACCESS,
        BASIC_CONSTRAINTS,
        CRL_DISTRIBUTION_POINTS,
        EXTENDED_KEY_USAGE,
        KEY_USAGE,
        OCSP_NO_CHECK,
        SUBJECT_ALTERNATIVE_NAME,
        SUBJECT_KEY_IDENTIFIER,
        "2.5.29.35",  # authority key identifier
        "2.5.29.32",  # certificate policies: told, not required
        "1.3.6.1.5.5.7.1.3",  # qualified certificate statements
    }
)

_CONSTRAINING: Final = frozenset(
    {
        "2.5.29.30",  # name constraints
        "2.5.29.33",  # policy mappings
        "2.5.29.36",  # policy constraints
        "2.5.29.54",  # inhibit any policy
    }
)


class Signed(Protocol):
    """Something with a signature over a part of it."""

    @property
    def signed(self) -> bytes:
        """What was signed."""

    @property
    def algorithm(self) -> Algorithm:
        """How."""

    @property
    def signature(self) -> bytes:
        """The raw value."""


def scheme(thing: Signed) -> Scheme:
    """How it was signed.

    Raises:
        UnsureMessage: Unknown here, or not fully named.
    """
    try:
        found = scheme_of(thing.algorithm)
    except UnknownScheme as err:
        raise unsure("path", err.oid) from err
    if not found.hash_name:
        raise unsure("path", "hash")
    return found


@lru_cache(maxsize=4096)
def verify(thing: Signed, signer: Certificate) -> bool:
    """Whether the signature holds under a certificate's key.

    Raises:
        UnsureMessage: Algorithm or key is not understood.
    """
    found = scheme(thing)
    try:
        return holds(signer, found, thing.signature, thing.signed, hash_name=found.hash_name)
    except RefusedMessage as err:
        raise unsure("path", err.detail) from err


def signed_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Whether an issuer's key signed a certificate; says nothing of its right to."""
    return verify(certificate, issuer)


def check_extensions(certificate: Certificate) -> None:
    """Nothing in a certificate may limit it in a way that is not understood here.

    Raises:
        UnsureMessage: Something does. Source: RFC 5280, 4.2.
    """
    for kind, extension in certificate.extensions.items():
        if kind in _CONSTRAINING or (extension.critical and kind not in _KNOWN):
            raise unsure("extensions", kind)
