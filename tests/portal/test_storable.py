"""A character that no table can hold is refused with its sentence, wherever it stands."""

import re
import uuid
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import text
from sqlalchemy.exc import DataError, StatementError

from models.base import DirectiveId
from models.session import Database
from portal.errors import UnstorableTextError
from portal.storable import require_storable
from tests.portal.browsing import Browsing, token_in, words_of
from tests.portal.seeded import PEOPLE, report_units

SAID = "có ký tự không lưu được"
NUL = "Chờ\x00số liệu"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/gia-han", {"until": "2022-11-15", "reason": NUL}),
        ("/tu-choi", {"reason": NUL}),
        ("/thu-hoi", {"answer": "khong", "reason": NUL}),
    ],
)
def test_a_form_with_nul_is_refused_with_its_sentence_and_changes_nothing(
    browsing: Browsing, issued: DirectiveId, path: str, form: dict[str, str]
) -> None:
    unit = report_units(browsing.seeded, issued)[9]
    link = browsing.seeded.link(unit, issued)
    owed = browsing.seeded.obligations(issued, unit)
    given = {"csrf": token_in(browsing.get(link)), "obligation": str(owed[0].id), **form}
    sent = browsing.client.post(f"{link}{path}", data=given)
    assert sent.status_code == 422
    assert SAID in words_of(sent)
    assert "“reason”" in words_of(sent)
    after = browsing.seeded.obligations(issued, unit)
    assert [one.state for one in after] == [one.state for one in owed]


@pytest.mark.parametrize("name", ["username", "password", "csrf"])
def test_signing_in_with_nul_is_refused(browsing: Browsing, name: str) -> None:
    given = {"username": "a", "password": "b", "csrf": "c", name: "x\x00"}
    assert browsing.client.post("/dang-nhap", data=given).status_code == 422


def test_a_form_that_a_page_reads_by_itself_is_guarded_too(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.clerk)
    sent = browsing.post("/van-ban-den/vao-so", subject=NUL)
    assert (sent.status_code, SAID in words_of(sent)) == (422, True)


@pytest.mark.parametrize("where", ["field", "name"])
def test_words_beside_a_file_and_its_name_are_guarded_and_the_file_itself_may_hold_nul(
    browsing: Browsing, issued: DirectiveId, where: str
) -> None:
    link = browsing.seeded.link(report_units(browsing.seeded, issued)[10], issued)
    token = token_in(browsing.get(link))
    lines = [
        b'Content-Disposition: form-data; name="csrf"\r\n\r\n' + token.encode(),
        b'Content-Disposition: form-data; name="number_symbol"\r\n\r\n7'
        + (b"\x00" if where == "field" else b""),
        b'Content-Disposition: form-data; name="file"; filename="a'
        + (b"\x00" if where == "name" else b"")
        + b'.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\x00\x00',
    ]
    body = b"".join(b"--b\r\n" + line + b"\r\n" for line in lines) + b"--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    sent = browsing.client.post(f"{link}/bao-cao", content=body, headers=headers)
    assert (sent.status_code, SAID in words_of(sent)) == (422, True)
    clean = body.replace(b"7\x00", b"7").replace(b"a\x00", b"a")
    taken = browsing.client.post(f"{link}/bao-cao", content=clean, headers=headers)
    assert taken.status_code == 303


@pytest.mark.parametrize("bad", ["\\u0000", "\\ud800"])
def test_json_with_what_cannot_be_kept_is_refused_with_a_code(browsing: Browsing, bad: str) -> None:
    for body in (
        f'{{"code": "ABCD", "label": "máy{bad}"}}',
        f'{{"code": "ABCD", "label": "máy", "x{bad}": 1}}',
        f'{{"code": ["{bad}"], "label": "máy"}}',
    ):
        sent = browsing.client.post(
            "/api/v1/agent/pairing", content=body, headers={"Content-Type": "application/json"}
        )
        assert (sent.status_code, sent.json()["code"]) == (422, "unstorable_text")
    good = '{"code": "ABCD", "label": "\\\\u0000"}'
    sent = browsing.client.post(
        "/api/v1/agent/pairing", content=good, headers={"Content-Type": "application/json"}
    )
    assert sent.json()["code"] == "pairing_refused"


def test_a_question_with_nul_is_refused_and_an_address_with_it_is_no_page(
    browsing: Browsing,
) -> None:
    browsing.sign_in(PEOPLE.clerk)
    assert browsing.get("/van-ban?q=a%00b").status_code == 422
    assert browsing.get("/van-ban?q=ab").status_code == 200
    assert browsing.get(f"/u/a%00{uuid.uuid4()}").status_code == 404


def test_no_route_of_the_portal_is_without_the_guard(browsing: Browsing) -> None:
    app = cast("FastAPI", browsing.client.app)
    routers = [one.original_router for one in app.routes if hasattr(one, "original_router")]
    routes = [one for router in routers for one in router.routes if isinstance(one, APIRoute)]
    assert len(routes) > 100
    for route in routes:
        path = re.sub(r"\{[^}]+\}", "1", route.path)
        asked = browsing.client.request(min(route.methods), f"{path}?x=a%00b")
        assert SAID in words_of(asked), route.path


@pytest.mark.parametrize("backend", ["postgresql"])
@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b"])
def test_what_is_guarded_is_what_the_database_of_a_large_office_refuses(
    database: Database, bad: str
) -> None:
    with (
        pytest.raises((DataError, StatementError, UnicodeEncodeError)),
        database.reading() as session,
    ):
        session.scalar(text("select cast(:x as text)"), {"x": bad})
    with pytest.raises(UnstorableTextError):
        require_storable([("x", bad)])
