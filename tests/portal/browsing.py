"""A browser without pictures: opens pages, finds tokens, sends forms."""

import html
import re
import warnings
from typing import Any

from httpx import Response

from actions.sessions import session_officer
from portal.context import Portal
from portal.identity import SESSION_COOKIE
from tests.portal.seeded import PASSWORD, Seeded

with warnings.catch_warnings():
    # It would rather have httpx2, which is not among our dependencies.
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", UserWarning)
    from fastapi.testclient import TestClient

__all__ = ["Browsing", "TestClient", "live_of", "seen_in", "token_in", "words_of"]

_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_LIVE = re.compile(r'data-live="([^"]+)" data-live-mark="([^"]+)"')
_SEEN = re.compile(r'name="seen" value="([^"]+)"')


class Browsing:
    """One browser."""

    def __init__(self, seeded: Seeded, client: TestClient) -> None:
        self.seeded = seeded
        self.client = client
        self._token = ""

    @property
    def portal(self) -> Portal:
        found: Portal = self.client.app.state.portal  # type: ignore[attr-defined]  # a FastAPI
        return found

    def sign_in(self, officer: str) -> None:
        """Takes up the officer's session of this run, or begins it; a password costs time."""
        self.client.cookies.clear()
        now = self.seeded.office.clock()
        day = (officer, now)
        known = self.seeded.sessions.get(day, "")
        # A test may have ended it since.
        if session_officer(self.seeded.office.database, known, now) is None:
            self.enter(officer)
            self.seeded.sessions[day] = self.client.cookies[SESSION_COOKIE]
            self.client.cookies.clear()
        self.client.cookies.set(SESSION_COOKIE, self.seeded.sessions[day])
        self._token = ""

    def enter(self, officer: str, password: str = PASSWORD) -> Response:
        self.client.cookies.clear()
        form = self.get("/dang-nhap")
        return self.client.post(
            "/dang-nhap",
            data={"username": officer, "password": password, "csrf": token_in(form)},
        )

    def get(self, path: str) -> Response:
        return self.client.get(path)

    def token(self) -> str:
        self._token = self._token or token_in(self.get("/so-van-ban"))
        return self._token

    def post(self, path: str, **fields: Any) -> Response:  # noqa: ANN401 (form fields)
        return self.client.post(path, data={"csrf": self.token(), **fields})

    def decide(self, key: object, deed: str, **fields: Any) -> Response:  # noqa: ANN401 (form fields)
        given = {"revision": "1", **fields}
        return self.post(f"/van-ban/{key}/quyet-dinh/{deed}", **given)

    def state(self, key: Any) -> str:  # noqa: ANN401 (an identifier, however it came)
        return self.seeded.directive(key).state


def token_in(page: Response) -> str:
    found = _TOKEN.search(page.text)
    assert found, page.text[:500]
    return found.group(1)


def seen_in(page: Response) -> str:
    found = _SEEN.search(page.text)
    assert found, words_of(page)[:500]
    return found.group(1)


def words_of(page: Response) -> str:
    """What a person reads: without tags, blanks folded."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def live_of(text: str) -> tuple[str, str]:
    """Returns where a page asks whether it is old, and the mark that it bears."""
    found = _LIVE.search(text)
    assert found is not None
    return html.unescape(found[1]), found[2]
