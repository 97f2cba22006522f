"""What every key can do, wherever it lies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from signing.certificates import SigningCertificate
from signing.mechanism import Mechanism


class SigningKey(Protocol):
    """Whatever can sign: a file, a token, a remote service. Opened with its secret, then used.

    Use it in a `with` block: what was opened (a session at a token, a connection) is closed.
    """

    @property
    def certificate(self) -> SigningCertificate:
        """The certificate of this key, with its issuers."""
        ...

    @property
    def mechanism(self) -> Mechanism:
        """How it signs."""
        ...

    def announce(self, signed_attributes: Sequence[bytes]) -> None:
        """Says beforehand what will be signed, all of it, in this session.

        A key that binds its leave to the hashes (CSC, SCAL2) asks for leave here, once; the others
        do nothing. Call it before the first `sign`.

        Raises:
            KeyUnavailableError: The key's keeper cannot be reached now.
            KeyRefusedError: The key's keeper refused.
        """
        ...

    def sign(self, signed_attributes: bytes) -> bytes:
        """Signs DER of the signed attributes by `mechanism`.

        Returns:
            RSA: the block. EC: DER of r and s. Ed25519: 64 bytes.

        Raises:
            KeyUnavailableError: The key cannot be reached now (token pulled out, service down).
            KeyRefusedError: The key's keeper refused.
        """
        ...

    def close(self) -> None:
        """Gives session and connection back; further calls of `sign` are refused."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


class Closing(ABC):
    """Closed at the end of a `with` block: what all kinds of keys share."""

    @abstractmethod
    def close(self) -> None:
        """Gives back what was opened."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
