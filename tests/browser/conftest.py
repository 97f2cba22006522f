"""The portal in a real browser: Debian's Chromium, driven by Playwright."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from models.base import DirectiveId
from portal.app import make_app
from tests.portal.seeded import PASSWORD, Seeded, seed_issued, seeded_office
from wiring.clock import sleep
from wiring.processes import any_port

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WAIT_MS = 30_000
Result = TypeVar("Result")


@dataclass
class Visitor:
    """One person at one browser; notes what no page may do."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    other_names: tuple[str, ...] = ()
    """Addresses that are the portal's own too; a browser asks for an icon when it likes."""

    def __post_init__(self) -> None:
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def _heard(self, message: object) -> None:
        text = getattr(message, "text", "")
        if getattr(message, "type", "") == "error" and "Failed to load resource" not in text:
            self.complaints.append(text)

    def _asked(self, request: object) -> None:
        address = getattr(request, "url", "")
        if not address.startswith((self.url, *self.other_names, "data:", "blob:")):
            self.complaints.append(f"asked {address}")

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def sign_in(self, officer: str) -> None:
        self.page.context.clear_cookies()
        self.open("/dang-nhap")
        self.page.fill("[name=username]", officer)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("text=Đăng nhập >> nth=-1")
        self.page.wait_for_url("**/viec-cua-toi")

    def agree(self) -> None:
        """Says yes to the question that is asked."""
        self.page.click("dialog[open] button.main")

    @property
    def is_too_wide(self) -> bool:
        script = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        return bool(self.page.evaluate(script))


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("Chromium is missing.")
    if found is None:
        pytest.skip("Chromium is missing.")
    return found


@pytest.fixture(scope="session")
def seeded(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    del chromium_path
    with seeded_office(tmp_path_factory.mktemp("office"), limit_mib=2) as office:
        yield office


@pytest.fixture(scope="session")
def issued(seeded: Seeded) -> DirectiveId:
    aside(lambda: seed_issued(seeded))
    return seeded.by_state["issued"]


@contextmanager
def serving_app(app: FastAPI) -> Iterator[str]:
    """Serves a portal beside the tests; gives the address at which it answers."""
    port = any_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def served(seeded: Seeded) -> Iterator[str]:
    """The address at which the portal of the seeded office answers."""
    with serving_app(make_app(seeded.office, nudge=seeded.machine)) as url:
        yield url


# Playwright keeps an event loop running in this thread: it must end before other tests begin.
@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(FLAGS))
        yield browser
        browser.close()


def aside(work: Callable[[], Result]) -> Result:
    """Does something in a thread of its own: beside Playwright's loop no other one may run."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()


def _context(browser: Browser, width: int, height: int) -> BrowserContext:
    return browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")


@pytest.fixture
def desktop(browser: Browser, served: str) -> Iterator[Visitor]:
    context = _context(browser, 1440, 900)
    visitor = Visitor(context.new_page(), served)
    yield visitor
    context.close()
    assert visitor.complaints == []


@pytest.fixture
def phone(browser: Browser, served: str) -> Iterator[Visitor]:
    context = _context(browser, 360, 740)
    visitor = Visitor(context.new_page(), served)
    yield visitor
    context.close()
    assert visitor.complaints == []
