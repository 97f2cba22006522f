"""One thing that is looked at before a PIN is asked for: how it stands, and its sentence."""

from dataclasses import dataclass
from enum import StrEnum

from models.officer import RegisteredCertificate


class Standing(StrEnum):
    """How one thing stands; in the order in which people should read them."""

    STOP = "stop"
    """Nothing is signed while this is so."""

    WARNING = "warning"
    """Signing goes on; the person should know."""

    OK = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    key: str
    """Stable name: state, authority, separation, number, document, certificate, validity, usage,
    revocation, key, pin, timestamp, trial."""

    standing: Standing
    words: str
    """One Vietnamese sentence: what is so, and where it is not good, what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Everything that was looked at, problems first."""

    checks: tuple[Check, ...]
    certificate: RegisteredCertificate | None = None
    """The certificate that would be used; None where there is none."""

    source_sha256: str | None = None
    """The document that would be signed, in hex; None where there is none yet."""

    elsewhere: bool = False
    """True where the key is not opened here: no PIN is asked for on this machine."""

    @property
    def may_sign(self) -> bool:
        """Nothing stops."""
        return not self.stops

    @property
    def takes_pin(self) -> bool:
        """Nothing stops, and the key is opened here."""
        return self.may_sign and not self.elsewhere

    @property
    def stops(self) -> tuple[Check, ...]:
        """What stops."""
        return self._of(Standing.STOP)

    @property
    def warnings(self) -> tuple[Check, ...]:
        """What the person should know."""
        return self._of(Standing.WARNING)

    @property
    def good(self) -> tuple[Check, ...]:
        """What is as it should be."""
        return self._of(Standing.OK)

    def _of(self, standing: Standing) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.standing is standing)


def ok(key: str, words: str) -> Check:
    """A thing that is as it should be."""
    return Check(key=key, standing=Standing.OK, words=words)


def warning(key: str, words: str) -> Check:
    """A thing to know."""
    return Check(key=key, standing=Standing.WARNING, words=words)


def stop(key: str, words: str) -> Check:
    """A thing that stops."""
    return Check(key=key, standing=Standing.STOP, words=words)


def problems_first(checks: list[Check]) -> tuple[Check, ...]:
    """The checks in the order in which people should read them."""
    order = list(Standing)
    return tuple(sorted(checks, key=lambda check: order.index(check.standing)))
