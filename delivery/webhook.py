"""Signed webhooks: each consignment is posted as JSON to the address of its unit.

A repeat bears the same Idempotency-Key, so that trying again harms nobody: whatever is lost on the
way, also after the body was sent, is transient.

==================== ===========
answer               meaning
==================== ===========
2xx                  receipt
409                  receipt: the key is known there
408, 425, 429, 5xx   transient; Retry-After stays in the words
3xx, other 4xx       permanent: nothing is ever sent elsewhere
==================== ===========

Source: RFC 9110 section 15; draft-ietf-httpapi-idempotency-key-header.
"""

import ssl
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self

import httpx

from delivery.channel import Receipt
from delivery.errors import ChannelError, PermanentDeliveryError, TransientDeliveryError
from delivery.http_posting import AddressRefusedError, Answer, Poster
from delivery.parcel import Parcel
from delivery.webhook_signing import signed_headers

_AGAIN = frozenset((HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS))


class WebhookChannel:
    """Posts a parcel, signed with the secret of the address, to hosts that the operator named."""

    def __init__(
        self,
        *,
        secret_of: Callable[[str], bytes | None],
        clock: Callable[[], datetime],
        hosts: frozenset[tuple[str, int]],
        tls_context: ssl.SSLContext | None = None,
        allow_http: bool = False,
        timeout_s: float = 30.0,
        total_s: float = 120.0,
        name: str = "webhook",
    ) -> None:
        """Keep the settings; the connection is made at the first message.

        Args:
            secret_of: the secret shared with an address, None where there is none; raises OSError.
            clock: the real instant, for the timestamp of an attempt.
            hosts: host in lower case and port; no other is ever called.
            tls_context: whom to trust; the system's certificates by default.
            allow_http: let hosts other than this machine be called without TLS.
            timeout_s: for each step.
            total_s: for a whole post and its answer.
            name: of the channel: `edxml_http` posts other parcels in the same way.
        """
        self.name = name
        self._secret_of, self._clock = secret_of, clock
        self._poster = Poster(
            hosts=hosts,
            tls_context=tls_context,
            allow_http=allow_http,
            timeout_s=timeout_s,
            total_s=total_s,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Idempotent; the next parcel opens them anew."""
        self._poster.close()

    def send(self, parcel: Parcel) -> Receipt:
        """Post one document; the module's docstring says what an answer means.

        Raises:
            TransientDeliveryError: no connection, no answer, or a request to come again.
            PermanentDeliveryError: refused, or an address that may not be called or has no secret.
        """
        try:
            answer = self._post(parcel)
        except AddressRefusedError as err:
            raise self._fault(PermanentDeliveryError, parcel, err.code, str(err)) from err
        except (httpx.TransportError, OSError) as err:
            # TimeoutError is an OSError. Words are empty where the server just closed.
            words = str(err) or type(err).__name__
            raise self._fault(TransientDeliveryError, parcel, "connection_lost", words) from err
        return self._judged(answer, parcel)

    def _post(self, parcel: Parcel) -> Answer:
        url = parcel.recipient_address
        self._poster.check(url)
        secret = self._secret_of(url)
        if secret is None:
            raise AddressRefusedError("no_secret", "chưa có bí mật chung với địa chỉ này")
        body = parcel.to_bytes()
        headers = signed_headers(body, key=parcel.key, secret=secret, at=self._clock())
        return self._poster.post(url, body, {**headers, "Content-Type": parcel.media_type})

    def _judged(self, answer: Answer, parcel: Parcel) -> Receipt:
        status = answer.status
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES or status == HTTPStatus.CONFLICT:
            return Receipt(code=str(status), text=answer.words)
        again = status in _AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        kind = TransientDeliveryError if again else PermanentDeliveryError
        raise self._fault(kind, parcel, str(status), answer.words)

    def _fault(
        self, kind: type[ChannelError], parcel: Parcel, code: str, words: str
    ) -> ChannelError:
        return kind(
            channel=self.name,
            recipient=parcel.recipient_address,
            reply_code=code,
            reply_text=words,
        )
