"""Every page and form, tried by nobody, by an officer of another office, and from another site."""

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from fastapi.routing import APIRoute
from httpx import Response
from sqlalchemy import select

from actions.accounts import add_account
from actions.auditing import MACHINE
from models.base import Base, DirectiveId
from models.dispatch import Consignment, IncomingMessage
from models.incoming import IncomingDocument
from models.obligation import ExtensionRequest, Obligation
from models.officer import Officer, Post
from models.operation import RunRecord
from models.organisation import Organisation
from models.report import Report
from portal.app import _SCREENS
from signing.anchors import read_anchors
from tests.portal.browsing import Browsing, token_in
from tests.portal.seeded import PASSWORD, Seeded
from tests.portal.test_incoming import arrived, sent
from wiring.demo_draft import PEOPLE

OUTSIDER = "nguoi-ngoai"
OPEN = ("/u/", "/dang-nhap", "/ngon-ngu", "/kiem-tra-chu-ky", "/that", "/static", "/api/docs")
"""For everybody; their own tests look at them."""
NOT_DATA = frozenset(
    {"audit_event", "audit_head", "login_session", "sign_in_attempt", "office_session"}
)
FIELDS = {
    "reason": "x", "until": "2030-01-01", "note": "x", "day": "2022-09-22", "answer": "dong-y",
    "serial": "1", "flow": "chase-reports", "words": "x", "channel": "folder", "address": "x",
    "role": "know", "title": "x", "columns": "A", "rows": "1", "year": "2022", "to": "tinh-uy",
    "seen": "x", "revision": "1", "password": "x", "name": "x", "sender_name": "x", "subject": "y",
}  # fmt: skip


@pytest.fixture(scope="module")
def names(seeded: Seeded, issued: DirectiveId) -> dict[str, str]:
    return real_names(seeded, issued)


def real_names(seeded: Seeded, issued: DirectiveId) -> dict[str, str]:
    """Something real for each name in a path or form."""
    paper = arrived(seeded, sent(seeded))
    anchors = read_anchors(seeded.office.settings.trust_folder)
    with seeded.office.database.reading() as session:

        def one(table: Any) -> str:  # noqa: ANN401 (a table)
            return str(session.scalars(select(table.id)).first() or uuid.uuid4())

        consignment = session.scalars(select(Consignment)).first()
        obligation = session.scalars(select(Obligation).where(Obligation.state == "open")).first()
        document = session.get_one(IncomingDocument, paper)
        assert consignment is not None
        assert obligation is not None
        return {
            "directive_id": str(issued), "report_id": one(Report), "request_id": one(
                ExtensionRequest
            ), "obligation_id": str(obligation.id), "document_id": str(paper),
            "message_id": str(document.message_id or one(IncomingMessage)),
            "consignment": str(consignment.id), "organisation_id": consignment.organisation_id,
            "unit": consignment.organisation_id, "task_ref": obligation.task_ref,
            "ref": obligation.task_ref, "key": "outgoing", "year": "2022", "index": "0",
            "number": "1", "place": "0", "form": "pdf", "directive": str(issued),
            "officer_id": "cao-duc-thanh", "fingerprint": anchors[0].sha256_hex,
        }  # fmt: skip


@pytest.fixture
def outsider(seeded: Seeded) -> str:
    made = False
    with seeded.office.database.writing() as session:
        if session.get(Officer, OUTSIDER) is None:
            other = session.scalars(
                select(Organisation.id).where(Organisation.id != "btgtu-lam-dong")
            ).first()
            session.add(Officer(id=OUTSIDER, name="Người Ngoài"))
            session.flush()
            session.add(
                Post(
                    officer_id=OUTSIDER, organisation_id=other, title="Văn thư",
                    roles=["registry_clerk", "follow_up", "signatory", "administrator"],
                    valid_from=date(2020, 1, 1),
                )
            )  # fmt: skip
            session.flush()
            made = True
    if made:
        add_account(
            seeded.office.database, officer_id=OUTSIDER, username=OUTSIDER, password=PASSWORD,
            at=seeded.office.clock(), actor=MACHINE,
        )  # fmt: skip
    return OUTSIDER


def routes(*methods: str) -> Iterator[tuple[str, APIRoute]]:
    for screen in _SCREENS:
        for route in screen.router.routes:
            if (
                isinstance(route, APIRoute)
                and not route.path.startswith(OPEN)
                and route.path != "/"
            ):
                for method in set(methods) & route.methods:
                    yield method, route


def path_of(route: APIRoute, names: dict[str, str]) -> str:
    parts = route.path
    for name in route.param_convertors:
        parts = parts.replace("{" + name + "}", names.get(name, str(uuid.uuid4())))
    return parts


def dump(seeded: Seeded) -> dict[str, list[tuple[Any, ...]]]:
    with seeded.office.database.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if not any(word in table.name for word in ("audit", "session", "sign_in", "login"))
        }


def sends(browsing: Browsing, path: str, names: dict[str, str], csrf: str, **more: Any) -> Response:  # noqa: ANN401 (what the client takes)
    return browsing.client.post(path, data={**FIELDS, **names, "csrf": csrf}, **more)


def test_nobody_gets_further_than_the_sign_in(browsing: Browsing, names: dict[str, str]) -> None:
    tried = 0
    for method, route in routes("GET", "POST"):
        answer = browsing.client.request(method, path_of(route, names))
        assert answer.status_code in (303, 401, 403), (method, route.path, answer.status_code)
        tried += 1
    assert tried > 90


def test_a_form_from_another_site_does_nothing(
    browsing: Browsing, seeded: Seeded, names: dict[str, str]
) -> None:
    browsing.sign_in(PEOPLE.clerk)
    token, before = browsing.token(), dump(seeded)
    file = {"file": ("x.pdf", b"%PDF-1.7", "application/pdf")}
    for _, route in routes("POST"):
        path = path_of(route, names)
        for answer in (
            sends(browsing, path, names, ""),
            sends(browsing, path, names, "khac", files=file),
            sends(browsing, path, names, token, headers={"Sec-Fetch-Site": "cross-site"}),
        ):
            assert answer.status_code in (400, 403, 404, 413, 422), (path, answer.status_code)
    assert dump(seeded) == before


def test_an_officer_of_another_office_changes_nothing_and_sees_nothing_of_ours(
    browsing: Browsing, seeded: Seeded, names: dict[str, str], outsider: str
) -> None:
    with seeded.office.database.writing() as session:
        session.add(
            RunRecord(
                flow="follow-directive", directive_id=uuid.UUID(names["directive_id"]),
                started_by="machine", asked_at=seeded.office.clock(), summary="BI-MAT-CUA-TA",
            )
        )  # fmt: skip
    browsing.sign_in(outsider)
    csrf, before = token_in(browsing.get("/lich-lam-viec")), dump(seeded)
    number = seeded.directive(DirectiveId(uuid.UUID(names["directive_id"]))).number_text or "?"
    ours = (number, "Triển khai Chỉ thị về báo chí", "BI-MAT-CUA-TA")
    seen = []
    for _, route in routes("GET"):
        answer = browsing.get(path_of(route, names))
        if answer.status_code == 500 or any(word in answer.text for word in ours):
            seen.append((route.path, answer.status_code))
    assert seen == []
    done = []
    for _, route in routes("POST"):
        if route.path.startswith("/tai-khoan"):
            continue  # about their own account, which is nobody's but theirs
        path = path_of(route, names)
        answer = sends(browsing, path, names, csrf)
        if answer.status_code >= 500 or any(word in answer.text for word in ours):
            done.append((path, answer.status_code))
    assert done == []
    after = dump(seeded)
    assert {table for table in after if after[table] != before[table]} == set()
