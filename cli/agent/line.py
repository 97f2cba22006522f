"""The line to the portal: time-outs, tries, answers that are understood or refused.

Everything but pairing may be asked again, so a broken line is tried a few times by itself. Nothing
of an answer is believed to be well-formed.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Self

import httpx

from cli.agent.errors import (
    PortalKeyChangedError,
    PortalRefusedError,
    PortalUnclearError,
    PortalUnreachableError,
)
from cli.agent.home import Pairing
from cli.agent.secured import PinMismatchError, context_for
from wiring.clock import sleep

PREFIX: Final = "/api/v1/agent"
TRIES: Final = 4
PAUSES_S: Final = (0.5, 2.0, 5.0)
"""Between the tries."""
CONNECT_S: Final = 15.0
READ_S: Final = 90.0
"""For each piece of an answer: checking a certificate asks its authority."""
LONGEST_ANSWER: Final = 32 * 1024 * 1024
"""Bytes of an answer that is no document."""
_BUSY: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_LONGEST_WAIT_S: Final = 20.0
Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a try failed, and how long to wait at least before the next."""

    error: Exception
    wait_s: float = 0.0


class Line:
    """One connection to one portal; use it in a `with` block."""

    def __init__(
        self,
        portal: str,
        *,
        token: str = "",
        pin: str = "",
        pause: Callable[[float], None] = sleep,
    ) -> None:
        self._portal = portal
        self._pause = pause
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(
            base_url=portal + PREFIX,
            headers=headers,
            verify=context_for(pin),
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
            trust_env=False,
            follow_redirects=False,
        )

    @classmethod
    def of(cls, pairing: Pairing) -> Self:
        """The line of a paired machine."""
        return cls(pairing.portal, token=pairing.token, pin=pairing.pin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._client.close()

    def ask(self, method: str, path: str, body: Said | None = None, *, again: bool = True) -> Said:
        """Asks for something and returns the JSON object of the answer; empty where there is none.

        Args:
            method: of HTTP.
            path: below `/api/v1/agent`.
            body: sent as JSON.
            again: whether it does no harm to ask twice.

        Raises:
            PortalUnreachableError, PortalKeyChangedError, PortalRefusedError, PortalUnclearError:
                each as its name says.
        """
        tries = TRIES if again else 1
        for number in range(tries):
            outcome = self._once(method, path, body)
            if not isinstance(outcome, Failed):
                return outcome
            if number == tries - 1:
                raise outcome.error
            self._pause(max(outcome.wait_s, PAUSES_S[number]))
        raise PortalUnreachableError(self._portal, "không có trả lời")

    def _once(self, method: str, path: str, body: Said | None) -> Said | Failed:
        try:
            with self._client.stream(method, path, json=body) as response:
                data = _capped(response)
        except httpx.HTTPError as err:
            return Failed(self.unreachable(err))
        if response.status_code in _BUSY:
            return Failed(_refusal(response, data), _wait_of(response))
        if not response.is_success:
            raise _refusal(response, data)
        return _object(data) if data else {}

    @contextmanager
    def fetching(self, path: str, first: int) -> Iterator[httpx.Response]:
        """Opens a document from byte `first` on; the caller reads the stream.

        Raises:
            PortalRefusedError: the portal says no.
            httpx.HTTPError: the line broke; ask again from where it did.
        """
        headers = {"Range": f"bytes={first}-"} if first else {}
        with self._client.stream("GET", path, headers=headers) as response:
            if (
                not response.is_success
                and response.status_code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
            ):
                raise _refusal(response, _capped(response))
            yield response

    def unreachable(self, err: httpx.HTTPError) -> Exception:
        """What a broken line means for a person.

        Raises:
            PortalKeyChangedError: it is not broken, somebody else is at its end.
        """
        if _is_pin_mismatch(err):
            raise PortalKeyChangedError from err
        reason = "quá thời gian chờ" if isinstance(err, httpx.TimeoutException) else "mất kết nối"
        if "CERTIFICATE_VERIFY_FAILED" in str(err):
            reason = "chứng thư máy chủ không được hệ thống tin cậy"
        return PortalUnreachableError(self._portal, reason)

    def pause(self, seconds: float) -> None:
        """Waits before another try."""
        self._pause(seconds)


def _is_pin_mismatch(err: BaseException | None) -> bool:
    while err is not None:
        if isinstance(err, PinMismatchError):
            return True
        err = err.__cause__ or err.__context__
    return False


def _capped(response: httpx.Response) -> bytes:
    data = bytearray()
    for chunk in response.iter_bytes():
        data += chunk
        if len(data) > LONGEST_ANSWER:
            raise PortalUnclearError("câu trả lời quá dài")
    return bytes(data)


def _wait_of(response: httpx.Response) -> float:
    asked = response.headers.get("retry-after", "")
    return min(float(asked), _LONGEST_WAIT_S) if asked.isdigit() else 0.0


def _refusal(response: httpx.Response, data: bytes) -> Exception:
    try:
        told = _object(data)
        code, message = str(told["code"]), str(told["message"])
    except (PortalUnclearError, KeyError):
        return PortalUnclearError(f"HTTP {response.status_code}")
    return PortalRefusedError(response.status_code, code, message)


def _object(data: bytes) -> Said:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as err:
        raise PortalUnclearError("không phải JSON") from err
    if not isinstance(told, dict):
        raise PortalUnclearError("không phải JSON")
    return told
