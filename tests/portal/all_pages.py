"""Every page of the portal with somebody who may read it, taken from the application's own routes.

A new page has to be reached: `paths_of` knows most of them by the names in their path, the rest is
told in `special`. What no route says to be a page (files, pictures) is in `NO_PAGES`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi.routing import APIRoute
from sqlalchemy import select

from models.base import DirectiveId
from models.numbering import NumberSeries
from models.organisation import UnitGroup
from portal.app import _SCREENS
from tests.portal.browsing import Browsing
from tests.portal.seeded import DEMO, PEOPLE, Seeded, report_units
from tests.portal.test_outsiders import path_of
from tests.support.papers import plain_pdf

ADMINISTRATOR: Final = "truong-my-linh"
VISITOR: Final = ""
"""Somebody without an account."""

FILES: Final = (".png", ".pdf", ".svg", ".zip", ".xlsx", ".csv")
NO_PAGES: Final = frozenset(
    {
        "/",
        "/dang-nhap/mot-lan",
        "/dang-nhap/mot-lan/ve",
        "/kiem-tra-chu-ky/ket-qua/{key}/bao-cao/{form}",
        "/ky-noi-khac/{directive_id}/{path}",
        "/quan-tri/du-lieu/tep",
        "/so-van-ban/tep",
        "/soan/{key}/nguon/tep",
        "/song",
        "/soan/{key}/ra-soat",
        "/soan/{key}/trang-in",
        "/theo-doi/tep",
        "/van-ban/tep",
        "/theo-doi/{directive_id}/bao-cao/{report_id}",
        "/theo-doi/{directive_id}/bao-cao/{report_id}/{place}",
        "/theo-doi/{directive_id}/tong-hop/{consolidation_id}/{form}",
        "/u/{token}/bao-cao/{report_id}/{place}",
        "/u/{token}/kiem-tra",
        "/van-ban-den/{document_id}/tep/{index}",
        "/van-ban/{directive_id}/dong-dau/chung-thu",
        "/van-ban/{directive_id}/ky/chung-thu",
        "/van-ban/{directive_id}/kiem-tra/{sha256_hex}",
        "/van-ban/{directive_id}/tep/{sha256_hex}",
    }
)
"""Ways that lead on, files, and pieces that stand in pages."""
CHECKED: Final = frozenset(
    {
        "/kiem-tra-chu-ky/danh-sach/{key}",
        "/kiem-tra-chu-ky/ket-qua/{key}",
        "/kiem-tra-chu-ky/ket-qua/{key}/so-sanh/{number}",
    }
)
"""Results of a check, which belong to the browser that asked."""
BY_EVERYBODY: Final = (
    "/viec-cua-toi", "/van-ban", "/van-ban/{directive_id}", "/theo-doi/{directive_id}",
    "/van-ban-den/{document_id}", "/tai-khoan", "/thong-bao",
)  # fmt: skip
"""Pages that show each role something of its own."""
READERS: Final = (
    PEOPLE.clerk, PEOPLE.follow_up, PEOPLE.signatory, PEOPLE.drafter, PEOPLE.form_reviewer,
    ADMINISTRATOR, "ho-sy-nam",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visit:
    """A page and who reads it."""

    route: str
    path: str
    reader: str


def pages() -> list[APIRoute]:
    """Every route that answers with a page."""
    return [
        route
        for screen in _SCREENS
        for route in screen.router.routes
        if isinstance(route, APIRoute)
        and "GET" in route.methods
        and route.path not in NO_PAGES
        and not route.path.endswith(FILES)
    ]


def visits(
    browsing: Browsing, seeded: Seeded, names: Mapping[str, str], *, by_everybody: bool = True
) -> list[Visit]:
    """A visit to every page save the results of checks; those of many roles by each of them."""
    found = special(browsing, seeded)
    for route in pages():
        if route.path in CHECKED or any(one.route == route.path for one in found):
            continue
        path = path_of(route, dict(names))
        readers = [VISITOR, *READERS]
        if route.path in BY_EVERYBODY and by_everybody:
            readers = [one for one in READERS if opens(browsing, path, one)]
        else:
            readers = [next((one for one in readers if opens(browsing, path, one)), "nobody")]
        found += [Visit(route.path, path, reader) for reader in readers]
    return found


def opens(browsing: Browsing, path: str, reader: str) -> bool:
    """Tells whether somebody gets a page there."""
    if reader:
        browsing.sign_in(reader)
    else:
        browsing.client.cookies.clear()
    answer = browsing.get(path)
    return answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")


def special(browsing: Browsing, seeded: Seeded) -> list[Visit]:
    """Pages that need something made for them, or a state of their own."""
    made = seeded.by_state
    made.setdefault("drafting", seeded.start("Trang nào cũng đọc được, bản đang soạn"))
    made.setdefault("numbered", seeded.numbered("Trang nào cũng đọc được, bản chờ ký"))
    made.setdefault("signed", seeded.signed("Trang nào cũng đọc được, bản chờ đóng dấu"))
    made.setdefault("sealed", seeded.sealed("Trang nào cũng đọc được, bản chờ phát hành"))
    issued = made["issued"]
    unit = seeded.link(report_units(seeded, issued)[0], issued)
    code = seeded.directive(issued).public_code
    draft = working(browsing)
    return [
        Visit("/soan/{key}", draft, PEOPLE.drafter),
        Visit("/soan/{key}/don-vi", f"{draft}/don-vi?cho=l.0", PEOPLE.drafter),
        Visit("/soan/{key}/nguon", from_file(browsing), PEOPLE.drafter),
        Visit("/soan/{key}/xem", f"{draft}/xem", PEOPLE.drafter),
        Visit("/soan/doc/{key}", from_file(browsing, "hỏng.pdf", b"%PDF-1.7"), PEOPLE.drafter),
        Visit("/soan/{key}/luu-mau", f"{draft}/luu-mau", PEOPLE.drafter),
        Visit("/soan/mau/{key}", template(browsing, draft), PEOPLE.drafter),
        Visit("/dang-nhap/ma", "/dang-nhap/ma", VISITOR),
        Visit("/u/{token}", unit, VISITOR),
        Visit("/that/{code}", f"/that/{code}", VISITOR),
        _of(made["numbered"], "ky", PEOPLE.signatory),
        _of(made["signed"], "dong-dau", PEOPLE.clerk),
        _of(made["sealed"], "phat-hanh", PEOPLE.clerk),
        Visit("/quan-tri/nhom/{group_id}", first_of(seeded, "nhom", UnitGroup), ADMINISTRATOR),
        Visit(
            "/quan-tri/day-so/{series_id}", first_of(seeded, "day-so", NumberSeries), ADMINISTRATOR
        ),
        Visit("/don-doc/thang", "/don-doc/thang?loai=*", PEOPLE.follow_up),
        Visit("/don-doc/thu/{key}", "/don-doc/thu/reminder", PEOPLE.follow_up),
        Visit("/ky-nhieu/lan/{batch_id}", batch(browsing, made["numbered"]), PEOPLE.signatory),
        Visit("/ban-sao/{paper_id}", copy(browsing), PEOPLE.clerk),
    ]  # fmt: skip


def first_of(seeded: Seeded, page: str, table: type[UnitGroup | NumberSeries]) -> str:
    """The page of one thing of the office's data."""
    with seeded.office.database.reading() as session:
        key = session.scalars(select(table.id).order_by(table.id)).first()
    return f"/quan-tri/{page}/{key}"


def _of(key: DirectiveId, step: str, reader: str) -> Visit:
    return Visit(f"/van-ban/{{directive_id}}/{step}", f"/van-ban/{key}/{step}", reader)


def batch(browsing: Browsing, key: DirectiveId) -> str:
    """The page of a batch that waits for a PIN."""
    browsing.sign_in(PEOPLE.signatory)
    return str(browsing.post("/ky-nhieu", chosen=[str(key)]).headers["location"])


def working(browsing: Browsing) -> str:
    """The page of a draft that is being written, with a table and a task in it."""
    browsing.sign_in(PEOPLE.drafter)
    issued = browsing.seeded.by_state["issued"]
    return str(browsing.post(f"/van-ban/{issued}/soan-theo").headers["location"])


def from_file(browsing: Browsing, name: str = "quet.txt", content: bytes = b"") -> str:
    """The page of a file: of one that was read badly, unless another is given."""
    browsing.sign_in(PEOPLE.drafter)
    content = content or (DEMO / "96-HD-BTGTU.ocr.txt").read_bytes()
    sent = browsing.client.post(
        "/soan/tep", data={"csrf": browsing.token()}, files={"file": (name, content)}
    )
    return str(sent.headers["location"])


def template(browsing: Browsing, draft: str) -> str:
    """The page of a template of the office, made of a draft."""
    browsing.sign_in(PEOPLE.drafter)
    made = browsing.post(f"{draft}/luu-mau", name=f"Mẫu {draft[-12:]}")
    return str(made.headers["location"].partition("?")[0])


def copy(browsing: Browsing) -> str:
    """The page of a copy that waits for a PIN."""
    browsing.sign_in(PEOPLE.clerk)
    answer = browsing.client.post(
        "/ban-sao/lap",
        data={"csrf": browsing.token(), "form": "sao_y", "name": "Kế hoạch", "source": "file"},
        files={"file": ("goc.pdf", plain_pdf(1))},
    )
    return str(answer.headers["location"])
