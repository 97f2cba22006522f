"""Which language a person reads: what they chose, else what their browser says, else Vietnamese."""

from contextvars import ContextVar
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from signing.language import Language

LANGUAGE_COOKIE: Final = "trinhky_language"
_spoken: ContextVar[Language] = ContextVar("spoken", default=Language.VI)


def spoken() -> Language:
    """Returns the language in which the request under way is answered."""
    return _spoken.get()


def speak(language: Language) -> None:
    """Answers the request under way in another language."""
    _spoken.set(language)


def language_of(headers: Headers, *, session_cookie: str) -> Language:
    """Returns the language of a request.

    A choice counts before everything else. Officers who chose nothing work in Vietnamese, whatever
    their computer was bought with; visitors are asked of their browser.
    """
    cookies = cookie_parser(headers.get("cookie", ""))
    chosen = cookies.get(LANGUAGE_COOKIE, "")
    if chosen in set(Language):
        return Language(chosen)
    return Language.VI if session_cookie in cookies else wished(headers.get("accept-language", ""))


def wished(accepted: str) -> Language:
    """Returns the language that a browser's `Accept-Language` asks for.

    Whoever reads Vietnamese at all gets the text that counts; whoever reads others only, English.
    """
    parts = (one.partition(";") for one in accepted.lower().split(","))
    named = {
        tag.strip().partition("-")[0]
        for tag, _, weight in parts
        if weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    }
    named -= {"", "*"}
    return Language.EN if named and Language.VI.value not in named else Language.VI


class Speaking:
    """Finds the language of every request before anything answers it. Plain ASGI."""

    def __init__(self, app: ASGIApp, *, session_cookie: str) -> None:
        self._app = app
        self._session_cookie = session_cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Never taken back: what answers a crash lies outside of this and speaks as well.
        # Programs go by codes; their sentences stay Vietnamese, whatever their library asks for.
        is_program = scope["path"].startswith("/api/")
        heard = language_of(Headers(scope=scope), session_cookie=self._session_cookie)
        speak(Language.VI if is_program else heard)

        async def send_in_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Content-Language"] = spoken().value
                    headers.add_vary_header("Accept-Language")
            await send(message)

        await self._app(scope, receive, send_in_language)
