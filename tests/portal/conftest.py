"""One seeded office for all tests of the portal; each test makes the directives it changes."""

from collections.abc import Iterator
from dataclasses import fields, replace

import pytest

from models.base import DirectiveId
from portal.app import make_app
from portal.asking import Asking
from portal.limits import RateLimit
from portal.source_reading import SourceReader
from tests.portal.browsing import Browsing, TestClient
from tests.portal.seeded import Seeded, seed_issued, seeded_office


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    with seeded_office(tmp_path_factory.mktemp("office"), limit_mib=2) as office:
        # Before any test, for the clock goes on from here and never back.
        seed_issued(office)
        yield office


@pytest.fixture(scope="session")
def client(seeded: Seeded) -> Iterator[TestClient]:
    app = make_app(seeded.office, nudge=seeded.machine)
    # A busy machine must not turn an answer that is late into a page without a PIN, nor a short
    # text into a page that says it is being read.
    app.state.portal = replace(
        app.state.portal, asking=Asking(patience_s=60),
        sources=SourceReader(seeded.office.desk, first_look_s=60),
    )  # fmt: skip
    with TestClient(app, base_url="http://127.0.0.1:8080", follow_redirects=False) as client:
        yield client


@pytest.fixture
def browsing(seeded: Seeded, client: TestClient) -> Browsing:
    """A browser of its own, before anybody signs in."""
    client.cookies.clear()
    seeded.machine.asleep = False
    browsing = Browsing(seeded, client)
    browsing.portal.checks._left.clear()
    browsing.portal.sign_ins._left.clear()
    return browsing


@pytest.fixture
def still(browsing: Browsing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits get nothing back, however long a busy machine takes for a page."""
    limits = [getattr(browsing.portal, one.name) for one in fields(browsing.portal)]
    for limit in limits:
        if isinstance(limit, RateLimit):
            now = limit._seconds()
            monkeypatch.setattr(limit, "_seconds", lambda now=now: now)


@pytest.fixture(scope="session")
def issued(seeded: Seeded) -> DirectiveId:
    """An issued directive with a report and an extension that wait for a decision."""
    return seeded.by_state["issued"]
