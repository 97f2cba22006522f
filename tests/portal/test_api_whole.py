"""Everything the portal does is in the interface, or is named with the reason why not."""

import re
from pathlib import Path

from fastapi.routing import APIRoute

from portal.api import ROUTERS
from portal.app import _SCREENS

DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"
_ROW = re.compile(r"^\| `(/[^`]+)` \| ?(.*?) ?\| ?(.*?) ?\|$", re.MULTILINE)


def told() -> dict[str, tuple[set[str], str]]:
    """Forms of the page, with the routes that do the same and the reason where none does."""
    rows = _ROW.findall(DOCS.read_text(encoding="utf-8"))
    return {path: (set(re.findall(r"`([A-Z]+ /[^`]+)`", ways)), why) for path, ways, why in rows}


def forms() -> set[str]:
    return {
        one.path
        for screen in _SCREENS
        for one in screen.router.routes
        if isinstance(one, APIRoute) and "POST" in one.methods
    }


def interface() -> set[str]:
    return {
        f"{method} {one.path}"
        for router in ROUTERS
        for one in router.routes
        if isinstance(one, APIRoute)
        for method in one.methods
    }


def test_every_form_of_the_portal_has_its_line() -> None:
    assert forms() - set(told()) == set()
    assert set(told()) - forms() == set()


def test_a_line_names_routes_that_are_there_or_says_why_there_are_none() -> None:
    there = interface()
    for path, (ways, why) in told().items():
        assert ways or why, path
        assert ways <= there, (path, ways - there)
