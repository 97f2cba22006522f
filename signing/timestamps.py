"""Time stamps over HTTP, from several services in turn; no answer is used before it was checked.

1. a place among the calls that the service allows at once
2. the answer in time, small enough, with HTTP status 200
3. status granted
4. imprint and hash algorithm as asked, the nonce of this very question
5. the instant within `TOLERANCE` of our clock while the question was on its way
6. the token's signature, by a certificate for time stamping that leads to an anchor

A service that fails in 2 for a while is asked again after a pause; one that lies or refuses is left
for this time, and the next one is asked. Source: RFC 3161, 2.4 and 3.4; RFC 5816.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final, NoReturn
from urllib.parse import urlsplit

import aiohttp
from asn1crypto import algos, cms, core, tsp
from cryptography.exceptions import InvalidSignature
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.general import CMSExtractionError, extract_certificate_info, extract_signer_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator import CertificateValidator, ValidationContext

from signing.errors import (
    EvidenceUnavailableError,
    KeyRefusedError,
    TimestampFailure,
    TimestampUnavailableError,
)
from signing.mechanism import Digest
from signing.slots import slot
from signing.vouching import validated

TOLERANCE: Final = timedelta(minutes=5)
"""How far a service's clock may be from ours; our judge allows as much."""
SIZE_LIMIT: Final = 64 * 1024
"""Bytes of an answer; tokens with their chains have 3 to 8 KB."""
_QUERY: Final = "application/timestamp-query"
_GRANTED: Final = frozenset({"granted", "granted_with_mods"})
_OFTEN_PASSES: Final = frozenset({"time_not_available", "system_failure"})
"""Refusals after which the same question may be asked again. Source: RFC 3161, 2.4.2."""
_BUSY_STATUS: Final = frozenset({408, 425, 429})
_OK: Final = 200
_SERVER_FAULT: Final = 500
_REFUSALS: Final = {
    "revoked": "chứng thư của máy chủ đã bị thu hồi",
    "expired": "chứng thư của máy chủ đã hết hạn",
    "wrong_usage": "chứng thư của máy chủ không được cấp để đóng dấu thời gian",
    "untrusted": "chứng thư của máy chủ không dẫn tới cơ quan chứng thực được tin cậy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampService:
    """One time-stamping authority, and how patiently it is asked."""

    url: str
    name: str = ""
    """For people; empty: the host of the address."""

    timeout_s: float = 180.0
    """For one answer. The government's authority was seen to take 2 to 131 s."""

    tries: int = 3
    pause_s: float = 2.0
    """Before the second try; doubled for each further one."""

    at_most: int = 4
    """How many calls at once."""

    @property
    def title(self) -> str:
        """How it is called to people."""
        return self.name or urlsplit(self.url).netloc or self.url


class _Answer(core.Sequence):  # type: ignore[misc]  # no types there
    """A TimeStampResp. The library's own insists on a token, which a refusal has not."""

    _fields: ClassVar = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


class _Fault(Exception):  # noqa: N818 (never leaves this module)
    """Why a service gave nothing usable."""

    def __init__(self, code: str, sentence: str, *, again: bool = False, detail: str = "") -> None:
        self.code = code
        self.sentence = sentence
        self.again = again
        """Whether the same question may be asked again in a moment."""
        self.detail = detail
        super().__init__(code)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What one act needs to ask for time stamps."""

    services: tuple[TimestampService, ...]
    """In the order in which they are asked."""

    http: aiohttp.ClientSession
    now: Callable[[], datetime]
    """Our clock."""

    context: Callable[[], ValidationContext]
    """A new one in which a token's chain is checked without asking anybody."""

    slots: Path | None = None
    """Folder that all processes of an office share, for `signing.slots`."""

    async def stamp(
        self, digest: bytes, algorithm: Digest, *, thorough: ValidationContext | None = None
    ) -> cms.ContentInfo:
        """A checked token over a digest, from the first service that gives one.

        Args:
            digest: Of what is to be stamped.
            algorithm: Its hash.
            thorough: Where given, the chain must hold in it, too, with its revocation known; what
                is gathered for that stays in it.

        Raises:
            TimestampUnavailableError: No service gave a usable token; says of each why.
        """
        failures: list[TimestampFailure] = []
        for service in self.services:
            try:
                return await self._patiently(service, digest, algorithm, thorough)
            except _Fault as fault:
                failures.append(
                    TimestampFailure(
                        service=service.title, url=service.url, code=fault.code,
                        sentence=fault.sentence, detail=fault.detail,
                    )
                )  # fmt: skip
        raise TimestampUnavailableError(tuple(failures))

    async def _patiently(
        self,
        service: TimestampService,
        digest: bytes,
        algorithm: Digest,
        thorough: ValidationContext | None,
    ) -> cms.ContentInfo:
        for left in range(max(service.tries, 1) - 1, -1, -1):
            try:
                return await self._once(service, digest, algorithm, thorough)
            except _Fault as fault:
                if not fault.again or not left:
                    raise
            await asyncio.sleep(service.pause_s * 2 ** (service.tries - 1 - left))
        raise AssertionError  # pragma: no cover  # the last try returns or raises

    async def _once(
        self,
        service: TimestampService,
        digest: bytes,
        algorithm: Digest,
        thorough: ValidationContext | None,
    ) -> cms.ContentInfo:
        question = _question(digest, algorithm)
        body, asked = await self._ask(service, question)
        token, info = _read(body)
        _same(question, info)
        _in_time(info["gen_time"].native, since=asked, until=self.now())
        await _check_chain(token, self.context())
        if thorough is not None:
            await _check_chain(token, thorough)
        return token

    async def _ask(
        self, service: TimestampService, question: tsp.TimeStampReq
    ) -> tuple[bytes, datetime]:
        """The answer, and when the question was sent."""
        held = slot(
            service.url, at_most=service.at_most, wait_s=service.timeout_s, folder=self.slots
        )
        try:
            async with held:
                asked = self.now()
                return await _in_s(service.timeout_s, self._post(service.url, question)), asked
        except TimeoutError as err:
            if err.args:
                sentence = f"đã có đủ {service.at_most} lượt hỏi cùng lúc và không lượt nào xong"
                raise _Fault("busy", sentence) from err
            sentence = f"không trả lời trong {service.timeout_s:g} giây"
            raise _Fault("too_slow", sentence, again=True) from err
        except (aiohttp.ClientError, OSError, ValueError) as err:
            detail = f"{type(err).__name__}: {err}"
            raise _Fault("unreachable", "không kết nối được", again=True, detail=detail) from err

    async def _post(self, url: str, question: tsp.TimeStampReq) -> bytes:
        headers = {"Content-Type": _QUERY, "Accept-Encoding": "identity"}
        async with self.http.post(
            url,
            data=question.dump(),
            headers=headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=None),  # the caller's limit covers all of it
        ) as answer:
            if answer.status != _OK:
                again = answer.status >= _SERVER_FAULT or answer.status in _BUSY_STATUS
                sentence = f"máy chủ trả lời lỗi HTTP {answer.status}"
                raise _Fault("http_status", sentence, again=again)
            body = bytearray()
            async for part in answer.content.iter_chunked(8192):
                body += part
                if len(body) > SIZE_LIMIT:
                    raise _Fault("too_large", "trả lời quá dài so với một dấu thời gian")
            return bytes(body)


async def _in_s(seconds: float, awaited: Awaitable[bytes]) -> bytes:
    """With a time limit over all of it; its TimeoutError has no arguments."""
    try:
        async with asyncio.timeout(seconds):
            return await awaited
    except TimeoutError as err:
        raise TimeoutError from err


def _question(digest: bytes, algorithm: Digest) -> tsp.TimeStampReq:
    imprint = tsp.MessageImprint(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm.value}),
            "hashed_message": digest,
        }
    )
    return tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": imprint,
            "nonce": secrets.randbits(63) | 1 << 62,
            "cert_req": True,
        }
    )


def _read(body: bytes) -> tuple[cms.ContentInfo, tsp.TSTInfo]:
    """The token and what it says; every part that is read later is read here once."""
    try:
        answer = _Answer.load(body, strict=True)
        status = answer["status"]["status"].native
        failure = answer["status"]["fail_info"].native or set()
        if status not in _GRANTED:
            _refused(str(status), frozenset(map(str, failure)))
        token = answer["time_stamp_token"]
        _expect(token["content_type"], "signed_data")
        content = token["content"]["encap_content_info"]
        _expect(content["content_type"], "tst_info")
        info = content["content"].parsed
        _ = (info.native, token["content"]["signer_infos"].native)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as err:
        detail = f"{type(err).__name__}: {err}"
        raise _Fault("unreadable", "trả lời không đọc được", again=True, detail=detail) from err
    return token, info


def _expect(kind: core.ObjectIdentifier, wanted: str) -> None:
    if kind.native != wanted:
        raise ValueError(kind.native)


def _refused(status: str, failure: frozenset[str]) -> NoReturn:
    why = ", ".join(sorted(failure)) or status
    raise _Fault(
        "refused", f"từ chối cấp dấu thời gian ({why})", again=bool(failure & _OFTEN_PASSES)
    )


def _same(question: tsp.TimeStampReq, info: tsp.TSTInfo) -> None:
    """The answer must be about what was asked, and to this question."""
    asked, stamped = question["message_imprint"], info["message_imprint"]
    algorithm = stamped["hash_algorithm"]["algorithm"].native
    if (algorithm, stamped["hashed_message"].native) != (
        asked["hash_algorithm"]["algorithm"].native,
        asked["hashed_message"].native,
    ):
        raise _Fault("wrong_imprint", "đóng dấu lên giá trị băm khác với giá trị đã gửi")
    if info["nonce"].native != question["nonce"].native:
        raise _Fault("wrong_nonce", "trả lời không phải cho câu hỏi vừa gửi (sai nonce)")


def _in_time(stamped: datetime, *, since: datetime, until: datetime) -> None:
    if since - TOLERANCE <= stamped <= until + TOLERANCE:
        return
    minutes = int(TOLERANCE.total_seconds() // 60)
    sentence = (
        f"giờ trên dấu ({stamped:%H:%M:%S %d/%m/%Y} UTC) lệch đồng hồ của hệ thống "
        f"({until:%H:%M:%S %d/%m/%Y} UTC) quá {minutes} phút"
    )
    raise _Fault("wrong_time", sentence)


async def _check_chain(token: cms.ContentInfo, context: ValidationContext) -> None:
    signed = token["content"]
    try:
        certificates = extract_certificate_info(signed)
        content = bytes(signed["encap_content_info"]["content"])
        signer = extract_signer_info(signed)
        digest = hashlib.new(signer["digest_algorithm"]["algorithm"].native, content).digest()
        whole, genuine = validate_sig_integrity(
            signer, certificates.signer_cert, "tst_info", digest
        )
    except (
        CMSExtractionError, SignatureValidationError, InvalidSignature, PdfError,
        ValueError, TypeError, KeyError, NotImplementedError,
    ) as err:  # fmt: skip
        detail = f"{type(err).__name__}: {err}"
        raise _Fault(
            "wrong_signature", "chữ ký trên dấu không kiểm tra được", detail=detail
        ) from err
    if not (whole and genuine):
        raise _Fault("wrong_signature", "chữ ký trên dấu thời gian không đúng")
    validator = CertificateValidator(
        certificates.signer_cert,
        intermediate_certs=certificates.other_certs,
        validation_context=context,
    )
    try:
        await validated(validator, extended_key_usage=frozenset({"time_stamping"}))
    except KeyRefusedError as err:
        raise _Fault(err.reason, _REFUSALS[err.reason], detail=str(err.__cause__)) from err
    except EvidenceUnavailableError as err:
        sentence = "chưa lấy được tình trạng thu hồi của chứng thư máy chủ"
        raise _Fault("no_evidence", sentence, detail=err.reason) from err


def clock_from(at: datetime) -> Callable[[], datetime]:
    """A clock that stood at `at` when it was made, and runs on from there."""
    made = time.monotonic()
    return lambda: at + timedelta(seconds=time.monotonic() - made)
