"""Fetches revocation data that a judgement missed, and has the file judged once more.

The steps for each certificate of which evidence is missing:

1. An answer kept from before, where it still says something.
2. OCSP by POST, at the addresses that the certificate names and the operator allows.
3. Else the list by GET.

An answer counts only if our own judge finds in it a statement about this certificate, signed as it
must be and still alive; all else is dropped. No failure reaches the caller: no evidence then.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from signing.judge.part import FileEvidence
from signing.outcome import RevocationNeed, VerificationReport
from signing.policy import OFFICIAL

if TYPE_CHECKING:
    from signing.online import OnlinePolicy

_MOST_KEPT: Final = 128


@dataclass
class AnswerCache:
    """Answers by their question; the one unused longest goes first. Safe for several threads.

    What is too old is not taken out: it is never used, for each answer is looked at again.
    """

    most: int = _MOST_KEPT
    _kept: OrderedDict[tuple[str, bytes], bytes] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: tuple[str, bytes]) -> bytes | None:
        """The answer to a question: address, and the body that was sent."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: tuple[str, bytes], answer: bytes) -> None:
        """Keeps an answer."""
        with self._lock:
            self._kept[key] = answer
            self._kept.move_to_end(key)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)


def judge_online(
    judge: Callable[[FileEvidence | None], VerificationReport],
    policy: OnlinePolicy | None,
    cache: AnswerCache,
) -> tuple[VerificationReport, FileEvidence | None]:
    """Judges a file, and again with what could be fetched where evidence was missing.

    Args:
        judge: Judges the file with evidence from elsewhere.
        policy: None where nothing may be fetched.
        cache: Answers from before.

    Returns:
        The report, and the evidence from elsewhere that it rests on.
    """
    report = judge(None)
    if policy is None or not report.needs:
        return report, None
    extra = gather(report.needs, policy, cache, at=report.at)
    return (judge(extra), extra) if extra.has_revocation else (report, None)


def gather(
    needs: Iterable[RevocationNeed], policy: OnlinePolicy, cache: AnswerCache, *, at: datetime
) -> FileEvidence:
    """Fetches what is missing, as far as the policy allows. Never raises.

    Args:
        needs: Of one file.
        policy: Which hosts may be asked, and how much.
        cache: Answers from before.
        at: Aware; an answer must be alive then.
    """
    errand = _Errand(policy, cache, at)
    ocsps: list[bytes] = []
    crls: list[bytes] = []
    for need in needs if policy.hosts else ():
        for found in errand.run(need):
            ocsps += found.ocsps
            crls += found.crls
    return FileEvidence(ocsps=tuple(dict.fromkeys(ocsps)), crls=tuple(dict.fromkeys(crls)))


class _Errand:
    """What is asked on behalf of one file."""

    def __init__(self, policy: OnlinePolicy, cache: AnswerCache, at: datetime) -> None:
        self._policy = policy
        self._cache = cache
        self._at = at
        self._left = policy.requests
        self._end = time.monotonic() + policy.total_s

    def run(self, need: RevocationNeed) -> tuple[FileEvidence, ...]:
        """The first good evidence about one certificate; none where there is none."""
        try:
            return tuple(self._first(need))
        except Exception:  # noqa: BLE001 (foreign bytes: whatever they bring out means no evidence)
            return ()

    def _first(self, need: RevocationNeed) -> Iterator[FileEvidence]:
        for url in need.ocsp_urls:
            request = _ocsp_request(need)
            answer = self._answer(url, request, lambda one: self._says(need, ocsp=one))
            if answer is not None:
                yield FileEvidence(ocsps=(answer,))
                return
        for url in need.crl_urls:
            answer = self._answer(url, b"", lambda one: self._says(need, crl=one))
            if answer is not None:
                yield FileEvidence(crls=(answer,))
                return

    def _answer(self, url: str, request: bytes, good: Callable[[bytes], bool]) -> bytes | None:
        """A good answer, kept from before or fetched."""
        kept = self._cache.get((url, request))
        if kept is not None and good(kept):
            return kept
        if not is_allowed(url, self._policy):
            return None
        left = self._end - time.monotonic()
        if self._left <= 0 or left <= 0:
            return None
        self._left -= 1
        answer = _fetch_within(left, url, self._policy, request or None)
        if answer is None or not good(answer):
            return None
        self._cache.put((url, request), answer)
        return answer

    def _says(self, need: RevocationNeed, *, ocsp: bytes = b"", crl: bytes = b"") -> bool:
        """Whether our own judge finds a statement about this certificate that is alive."""
        # Not needed where nothing is fetched, and slow to load.
        from signing.encoding.certificate import parse_certificate  # noqa: PLC0415
        from signing.judge.crypto.revocation import Evidence  # noqa: PLC0415

        source = FileEvidence(ocsps=(ocsp,) if ocsp else (), crls=(crl,) if crl else ())
        try:
            standing = Evidence(source, OFFICIAL.clock_tolerance).standing(
                parse_certificate(need.certificate),
                parse_certificate(need.issuer),
                self._at,
                retroactive=False,
            )
        except Exception:  # noqa: BLE001 (foreign bytes, as above)
            return False
        return standing.code in {"good", "revoked"}


def is_allowed(url: str, policy: OnlinePolicy) -> bool:
    """Whether an address names an allowed host; the request itself looks once more."""
    from signing.online import names_allowed  # noqa: PLC0415 (loads the HTTP client)

    return names_allowed(url, policy)


def _fetch_within(
    seconds: float, url: str, policy: OnlinePolicy, request: bytes | None
) -> bytes | None:
    """Asks in a thread that is left behind after so long: resolving has no end of its own."""
    from signing.online import fetch  # noqa: PLC0415 (same)

    answers: list[bytes | None] = []

    def ask() -> None:
        answers.append(fetch(url, policy, ocsp_request=request))

    thread = threading.Thread(target=ask, daemon=True, name="revocation")
    thread.start()
    thread.join(seconds)
    return answers[0] if answers else None


def _ocsp_request(need: RevocationNeed) -> bytes:
    """Source: RFC 6960, 4.1; SHA-1 names the certificate, as every responder knows it."""
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 (same)
    from cryptography.x509 import load_der_x509_certificate, ocsp  # noqa: PLC0415 (same)

    certificate = load_der_x509_certificate(need.certificate)
    issuer = load_der_x509_certificate(need.issuer)
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        certificate,
        issuer,
        hashes.SHA1(),  # noqa: S303 (a name, RFC 5019, 2.1.1)
    )
    return builder.build().public_bytes(serialization.Encoding.DER)
