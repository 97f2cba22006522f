"""Everything the portal does is in the interface, or is named with the reason why not."""

import re
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Final

from fastapi.routing import APIRoute

from portal.api import ROUTERS
from portal.app import _SCREENS
from portal.static_files import router as static_files

DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"
_ROW = re.compile(r"^\| `(/[^`]+)` \| ?(.*?) ?\| ?(.*?) ?\|$", re.MULTILINE)
LOOKS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Why(StrEnum):
    """Why a form of the portal has no route for programs. There are no other reasons."""

    PIN = "a key opens at the portal or at the agent; no PIN crosses the interface"
    PASSWORD = "a password, a code or a passkey is a person's, at a browser"
    SESSION = "sessions and cookies belong to browsers; programs have tokens"
    TOKEN = "a token makes no tokens"
    TRUST = "whose signature and whose machine counts is decided by a person who sees it"
    WHOLE_OFFICE = "a whole office is looked through by a person before it is taken"
    NOTHING_DONE = "the form shows something; nothing is done"
    OUTSIDE = "of visitors and units without an account, who have no token"


EXCUSED: Final = {
    "/ban-sao/{paper_id}/ky": Why.PIN,
    "/dong-dau-nhieu": Why.PIN,
    "/ky-nhieu": Why.PIN,
    "/ky-nhieu/lan/{batch_id}/dung": Why.PIN,
    "/ky-nhieu/lan/{batch_id}/ket-thuc": Why.PIN,
    "/ky-nhieu/lan/{batch_id}/ky": Why.PIN,
    "/dang-nhap": Why.PASSWORD,
    "/dang-nhap/khoa": Why.PASSWORD,
    "/dang-nhap/khoa/bat-dau": Why.PASSWORD,
    "/dang-nhap/ma": Why.PASSWORD,
    "/quan-tri/can-bo/{officer_id}/hai-lop": Why.PASSWORD,
    "/quan-tri/can-bo/{officer_id}/mat-khau": Why.PASSWORD,
    "/quan-tri/can-bo/{officer_id}/tai-khoan": Why.PASSWORD,
    "/tai-khoan/hai-lop/bat-dau": Why.PASSWORD,
    "/tai-khoan/hai-lop/ma-khoi-phuc": Why.PASSWORD,
    "/tai-khoan/hai-lop/tat": Why.PASSWORD,
    "/tai-khoan/hai-lop/xac-nhan": Why.PASSWORD,
    "/tai-khoan/khoa": Why.PASSWORD,
    "/tai-khoan/khoa/bat-dau": Why.PASSWORD,
    "/tai-khoan/khoa/{passkey_id}/xoa": Why.PASSWORD,
    "/tai-khoan/mat-khau": Why.PASSWORD,
    "/dang-xuat": Why.SESSION,
    "/ngon-ngu": Why.SESSION,
    "/tai-khoan/phien/ket-thuc": Why.SESSION,
    "/tai-khoan/phien/ket-thuc-khac": Why.SESSION,
    "/tai-khoan/ma": Why.TOKEN,
    "/may-ky/ma": Why.TRUST,
    "/quan-tri/can-bo/{officer_id}/bo-chu-ky-tay": Why.TRUST,
    "/quan-tri/chu-ky-tay/{officer_id}": Why.TRUST,
    "/quan-tri/chung-thu/dang-ky": Why.TRUST,
    "/quan-tri/chung-thu/thu-nghiem": Why.TRUST,
    "/quan-tri/chung-thu/{fingerprint}/cham-dut": Why.TRUST,
    "/quan-tri/du-lieu/nap": Why.WHOLE_OFFICE,
    "/lich-lam-viec/sua/{year}": Why.NOTHING_DONE,
    "/lich-lam-viec/xem/{year}": Why.NOTHING_DONE,
    "/kiem-tra-chu-ky/ket-qua/{key}/xoa": Why.OUTSIDE,
    "/that": Why.OUTSIDE,
    "/u/{token}/bao-cao": Why.OUTSIDE,
    "/u/{token}/da-nhan": Why.OUTSIDE,
    "/u/{token}/gia-han": Why.OUTSIDE,
    "/u/{token}/thu-hoi": Why.OUTSIDE,
    "/u/{token}/tu-choi": Why.OUTSIDE,
}
"""Forms without a route for programs. Whoever adds one here says which of the reasons it has."""


def rows() -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = _ROW.findall(DOCS.read_text(encoding="utf-8"))
    return found


def told() -> dict[str, tuple[set[str], str]]:
    """Forms of the page, with the routes that do the same and the reason where none does."""
    return {path: (set(re.findall(r"`([A-Z]+ /[^`]+)`", ways)), why) for path, ways, why in rows()}


def forms() -> set[str]:
    """Addresses of the pages at which something is done, by whatever method."""
    return {
        one.path
        for router in (*(screen.router for screen in _SCREENS), static_files)
        for one in router.routes
        if isinstance(one, APIRoute) and one.methods - LOOKS
    }


def interface() -> set[str]:
    return {
        f"{method} {one.path}"
        for router in ROUTERS
        for one in router.routes
        if isinstance(one, APIRoute)
        for method in one.methods
    }


def test_every_form_of_the_portal_has_its_line_and_one_alone() -> None:
    assert forms() - set(told()) == set()
    assert set(told()) - forms() == set()
    assert [path for path, count in Counter(path for path, *_ in rows()).items() if count > 1] == []


def test_a_line_names_routes_that_are_there_and_that_do_something() -> None:
    there = interface()
    for path, (ways, _) in told().items():
        assert ways <= there, (path, ways - there)
        assert not ways or any(one.split()[0] not in LOOKS for one in ways), path


def test_a_form_without_a_route_is_excused_by_name_and_says_why_in_the_docs() -> None:
    without = {path for path, (ways, _) in told().items() if not ways}
    assert without - set(EXCUSED) == set(), "build the route, or give one of the reasons"
    assert set(EXCUSED) - without == set(), "it has a route now"
    assert [path for path in without if not told()[path][1]] == []
