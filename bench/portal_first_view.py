"""The bytes of a first view: what a browser with an empty cache really loads, as it came over."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from bench.tables import show

LIMIT_KB: Final = 200
FLAGS: Final = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")


def first_view(url: str, cookies: Mapping[str, str], path: str) -> dict[str, float]:
    """Tells what a page costs a browser that was never here; nothing where there is no browser."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.stdout.write("First view: not measured, no Chromium here.\n")
        return {}
    playwright = import_module("playwright.sync_api")  # among the tools of the tests
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=chromium, args=list(FLAGS), chromium_sandbox=False
        )
        page = browser.new_page()
        page.context.add_cookies(
            [{"name": name, "value": one, "url": url} for name, one in cookies.items()]
        )
        loaded = _loaded(page, url + path)
        browser.close()
    kinds: Counter[str] = Counter()
    for address, (kind, size) in loaded.items():
        kinds[_kind(address, kind)] += size
    rows = [(kind, f"{size / 1000:.1f}") for kind, size in kinds.most_common()]
    whole = sum(kinds.values()) / 1000
    rows.append(("all", f"{whole:.1f}"))
    sys.stdout.write(
        show(f"First view of {path}, kB as they came over", ("what", "kB"), rows) + "\n"
    )
    return {"portal_first_view_kb": round(whole, 1), "portal_first_view_requests": len(loaded)}


def _loaded(page: Any, address: str) -> dict[str, tuple[str, int]]:  # noqa: ANN401 (playwright's)
    """Opens an address; returns kind and bytes, heads included, by what was asked for."""
    asked: dict[str, tuple[str, str]] = {}
    found: dict[str, tuple[str, int]] = {}
    wire = page.context.new_cdp_session(page)

    def answered(told: dict[str, Any]) -> None:
        asked[told["requestId"]] = (told["response"]["url"], told["type"])

    def ended(told: dict[str, Any]) -> None:
        name, kind = asked.get(told["requestId"], ("", ""))
        found[name] = (kind, int(told["encodedDataLength"]))

    wire.on("Network.responseReceived", answered)
    wire.on("Network.loadingFinished", ended)
    wire.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    return found


def _kind(address: str, kind: str) -> str:
    return "Font" if ".woff2" in address else kind
