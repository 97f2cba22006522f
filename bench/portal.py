"""`make bench-portal`: every page at twenty requests a second, beside a bare page on the same data.

Told are the time until each page was answered, median and p95, with its ratio to the peer
(`bench.portal_peer`: one indexed SELECT, fifty rows, no sign-in) asked in the same run; what the
database does for a page at two sizes, counted in SQLite's own steps, which no other work on the
machine can change; the bytes of a first view; and how long the machine takes to go on after a
decision. Pages come from uvicorn as in production. The last line is a JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import Final

import httpx

from bench import portal_mass
from bench.portal_deciding import seconds_to_the_machine
from bench.portal_first_view import first_view
from bench.portal_office import Asked, sign_in, written
from bench.portal_pages import HOME, PAGES, Page
from bench.portal_peer import PATH as PEER_PATH
from bench.portal_steps import steps_of_pages
from bench.tables import ratio, show
from portal.identity import SESSION_COOKIE
from wiring.bootstrap import open_office
from wiring.demo_draft import PEOPLE
from wiring.processes import LOOPBACK, LocalEngine, any_port
from wiring.settings import changed

PEER: Final = Page(PEER_PATH, "")
PER_SECOND: Final = 20
LIMIT_MS: Final = 150
P95: Final = 0.95
UP_S: Final = 60
_TOLD_OF_A_LOG: Final = 6000
"""Characters."""


def main(arguments: Sequence[str]) -> int:
    """Runs it; exit status 0."""
    parser = argparse.ArgumentParser(prog="bench.portal", description=__doc__)
    parser.add_argument("--size", type=int, default=2_000, help="directives (2,000)")
    parser.add_argument("--rounds", type=int, default=60, help="requests for each page (60)")
    parser.add_argument("--postgres", help="URL of an empty schema; instead of SQLite")
    parser.add_argument("--only", choices=("pages", "steps", "first-view", "deciding"))
    given = parser.parse_args(arguments)
    told: dict[str, float] = {}
    parts = (given.only,) if given.only else ("pages", "steps", "first-view", "deciding")
    with tempfile.TemporaryDirectory(prefix="bench-portal-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        began = perf_counter()
        if {"pages", "first-view", "deciding"} & set(parts):
            with written(folder / "office", size=given.size, database=given.postgres) as asked:
                _say(f"Written in {perf_counter() - began:.0f} s: {_counted(asked)}.\n")
                with _served(asked) as (ours, peer):
                    if "pages" in parts:
                        told |= _pages(asked, ours, peer, given.rounds)
                    if "first-view" in parts:
                        told |= first_view(ours, sign_in_to(asked, PEOPLE.clerk), HOME)
                if "deciding" in parts:
                    told |= seconds_to_the_machine(asked)
        if "steps" in parts:
            told |= steps_of_pages(folder / "steps")
    _say(json.dumps(told))
    return 0


def _counted(asked: Asked) -> str:
    with open_office(asked.settings) as office:
        return ", ".join(
            f"{count:,} {table}" for table, count in portal_mass.sizes(office.database)
        )


def sign_in_to(asked: Asked, officer_id: str) -> Mapping[str, str]:
    """Returns the cookies of a browser that has just signed in; none for nobody."""
    if not officer_id:
        return {}
    with open_office(asked.settings) as office:
        return {SESSION_COOKIE: sign_in(office, officer_id)}


@contextmanager
def _served(asked: Asked) -> Iterator[tuple[str, str]]:
    """The portal and its peer, each a process of uvicorn; gives their addresses."""
    settings = changed(asked.settings, portal__port=any_port())
    with LocalEngine(settings) as engine:
        ours = engine.start_portal()
        port = any_port()
        command = ["-m", "uvicorn", "bench.portal_peer:make_app", "--factory", "--host", LOOPBACK]
        engine.start("peer", [*command, "--port", str(port), "--no-access-log"])
        peer = f"http://{LOOPBACK}:{port}"
        _await(peer + PEER_PATH)
        yield ours, peer


def _await(url: str) -> None:
    ends = perf_counter() + UP_S
    while perf_counter() < ends:
        try:
            httpx.get(url).raise_for_status()
        except httpx.HTTPError:
            sleep(0.2)
        else:
            return
    raise TimeoutError(url)


# --- pages --------------------------------------------------------------------------------------


def _pages(asked: Asked, ours: str, peer: str, rounds: int) -> dict[str, float]:
    took = asyncio.run(_asked_at_a_pace(asked, ours, peer, rounds))
    bare = _at(took[PEER], P95)
    rows, told = [], {"portal_peer_p95_ms": round(bare * 1000, 1)}
    for page in sorted(PAGES, key=lambda one: -_at(took[one], P95)):
        middle, high = _at(took[page], 0.5), _at(took[page], P95)
        rows.append((page.label, f"{middle * 1000:.0f}", f"{high * 1000:.0f}", ratio(high / bare)))
    slow = [page.label for page in PAGES if _at(took[page], P95) * 1000 > LIMIT_MS]
    rows.append(("the peer", f"{_at(took[PEER], 0.5) * 1000:.0f}", f"{bare * 1000:.0f}", "1"))
    header = ("page", "median ms", "p95 ms", "p95 : peer")
    _say(show(f"Pages at {PER_SECOND} requests a second", header, rows))
    every = [one for page in PAGES for one in took[page]]
    _say(f"All pages together: p95 {_at(every, P95) * 1000:.0f} ms; "
         f"{len(slow)} of {len(PAGES)} pages above {LIMIT_MS} ms at their own p95.\n")  # fmt: skip
    return told | {
        "portal_p95_ms": round(_at(every, P95) * 1000, 1),
        "portal_slowest_p95_ms": round(max(_at(took[page], P95) for page in PAGES) * 1000, 1),
        "portal_p95_vs_peer": round(_at(every, P95) / bare, 2),
        "portal_pages_above_limit": len(slow),
    }


async def _asked_at_a_pace(
    asked: Asked, ours: str, peer: str, rounds: int
) -> dict[Page, list[float]]:
    """Asks each page once unmeasured, then all in rounds, each in an order of its own."""
    cookies = {who: sign_in_to(asked, who) for who in {page.reader for page in PAGES}}
    took: dict[Page, list[float]] = {page: [] for page in (*PAGES, PEER)}
    async with httpx.AsyncClient(timeout=120) as client:

        async def ask(page: Page, *, is_counted: bool) -> None:
            base = peer if page is PEER else ours
            held = cookies.get(page.reader, {})
            crumbs = "; ".join(f"{name}={one}" for name, one in held.items())
            began = perf_counter()
            answer = await client.get(
                base + page.path.format(**asked.names), headers={"Cookie": crumbs} if crumbs else {}
            )
            if answer.status_code != httpx.codes.OK:
                log = (asked.settings.logs_folder / "portal.log").read_text(encoding="utf-8")
                raise AssertionError((page, answer.status_code, log[-_TOLD_OF_A_LOG:]))
            if is_counted:
                took[page].append(perf_counter() - began)

        for page in took:
            await ask(page, is_counted=False)
        order = [page for _ in range(rounds) for page in _shuffled(list(took))]
        began, under_way = perf_counter(), set()
        for number, page in enumerate(order):
            await asyncio.sleep(max(0.0, began + number / PER_SECOND - perf_counter()))
            under_way.add(asyncio.create_task(ask(page, is_counted=True)))
        await asyncio.gather(*under_way)
    return took


def _shuffled(pages: list[Page]) -> list[Page]:
    random.shuffle(pages)
    return pages


def _at(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
