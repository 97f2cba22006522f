"""How long a body may stand still: who stops sending holds no connection for ever.

Plain ASGI: nothing is buffered. To the application such a sender has gone, so what was begun is
not done, as where the line was cut.
"""

from asyncio import wait_for
from time import monotonic
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

STILL_S: Final = 60.0
"""Without a byte; a telephone between two masts needs less."""
SLOWEST_BYTES_S: Final = 1024
"""What must arrive in a second, on the average beyond the first `STILL_S`: a byte a minute is no
upload."""
TOO_SLOW: Final = "trinhky.too_slow"
"""Key of a request's scope that was given up; the answer says so."""


class BodyPatience:
    """Gives up on bodies that stand still, or drip."""

    def __init__(self, app: ASGIApp, *, still_s: float = STILL_S) -> None:
        self._app = app
        self._still_s = still_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen, waited, is_whole = 0, 0.0, False

        async def paced() -> Message:
            nonlocal seen, waited, is_whole
            if is_whole:
                # What may come now is that the browser leaves: an answer may take its time.
                return await receive()
            # Only what is waited here counts: the application may take its time between two pieces.
            left = self._still_s + seen / SLOWEST_BYTES_S - waited
            began = monotonic()
            try:
                message = await wait_for(receive(), max(0.0, min(self._still_s, left)))
            except TimeoutError:
                is_whole = scope[TOO_SLOW] = True
                return {"type": "http.disconnect"}
            waited += monotonic() - began
            seen += len(message.get("body", b""))
            is_whole = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        await self._app(scope, paced, send)
