"""What programs do after issue: looking, deciding, sending, registering; and who may not."""

import uuid
from datetime import date
from typing import Any

import pytest
from fastapi.routing import APIRoute
from httpx import Response
from sqlalchemy import select

from actions.extending import request_extension
from models.base import DirectiveId
from models.dispatch import Consignment
from models.obligation import Obligation
from tests.portal.browsing import Browsing
from tests.portal.programs import API, api_routes, ask, new_key, token_of
from tests.portal.seeded import PEOPLE, Seeded, report_units
from tests.portal.test_outsiders import dump, names, outsider, path_of

__all__ = ["names", "outsider"]

AUDITOR, ADMINISTRATOR = "cao-duc-thanh", "truong-my-linh"
LIMITED = {
    "/api/v1/audit": {AUDITOR, ADMINISTRATOR},
    "/api/v1/certificates": {AUDITOR, ADMINISTRATOR},
    "/api/v1/chasing": {PEOPLE.follow_up, ADMINISTRATOR},
    "/api/v1/draft-choices": {PEOPLE.drafter},
    "/api/v1/groups/{group_id}": {ADMINISTRATOR},
    "/api/v1/mail": {AUDITOR, PEOPLE.clerk, PEOPLE.follow_up},
    "/api/v1/mail/{message_id}": {AUDITOR, PEOPLE.clerk, PEOPLE.follow_up},
    "/api/v1/officers/{officer_id}": {ADMINISTRATOR},
    "/api/v1/organisations/{organisation_id}": {ADMINISTRATOR},
    "/api/v1/series/{series_id}": {ADMINISTRATOR},
    "/api/v1/templates": {PEOPLE.drafter, PEOPLE.clerk, ADMINISTRATOR},
    "/api/v1/templates/{template_id}": {PEOPLE.drafter, PEOPLE.clerk, ADMINISTRATOR},
    "/api/v1/trust-anchors": {ADMINISTRATOR},
    "/api/v1/trust-anchors/{fingerprint}": {ADMINISTRATOR},
    "/api/v1/webhooks": {AUDITOR, ADMINISTRATOR},
    "/api/v1/webhooks/deliveries/{delivery_id}/attempts": {AUDITOR, ADMINISTRATOR},
    "/api/v1/webhooks/{webhook_id}/deliveries": {AUDITOR, ADMINISTRATOR},
    "/api/v1/runs": {AUDITOR, ADMINISTRATOR, PEOPLE.follow_up},
}
"""What is not for every officer of the office, among those below."""
LOOKERS = (AUDITOR, ADMINISTRATOR, PEOPLE.clerk, PEOPLE.follow_up, PEOPLE.drafter)


@pytest.fixture(scope="module")
def things(seeded: Seeded, names: dict[str, str]) -> dict[str, str]:
    with seeded.office.database.reading() as session:
        consignment = session.scalars(select(Consignment.id)).first()
    return {**names, "consignment_id": str(consignment)}


def filled(route: APIRoute, things: dict[str, str]) -> str:
    return path_of(route, things).removeprefix(API)


@pytest.mark.parametrize("officer", LOOKERS)
def test_what_is_looked_at_opens_for_whom_it_is(
    browsing: Browsing, things: dict[str, str], officer: str
) -> None:
    wrong = []
    for route in api_routes():
        if "GET" not in route.methods or "/to-sign/" in route.path:
            continue
        answer = ask(browsing, officer, "GET", filled(route, things))
        theirs = officer in LIMITED.get(route.path, {officer})
        allowed = {200, 404} if theirs else {403}
        if answer.status_code not in allowed:
            wrong.append((route.path, answer.status_code, answer.text[:200]))
    assert wrong == []


def test_nobody_from_outside_sees_or_changes_anything(
    browsing: Browsing, seeded: Seeded, things: dict[str, str], outsider: str
) -> None:
    ask(browsing, outsider, "GET", "/work")
    before, wrong = dump(seeded), []
    for route in api_routes():
        for method in route.methods:
            answer = ask(browsing, outsider, method, filled(route, things), {"reason": "x"})
            is_empty = answer.status_code == 200 and (
                route.path in OWN or answer.json().get("items") == []
            )
            if answer.status_code not in {403, 404, 409, 422} and not is_empty:
                wrong.append((method, route.path, answer.status_code, answer.text[:100]))
    assert wrong == []
    after = dump(seeded)
    assert {one for one in after if after[one] != before[one]} <= {"api_token"}


OWN = {"/api/v1/tokens", "/api/v1/calendars/{year}", "/api/v1/notices/mail"}
"""About the officer alone, or what anybody may know."""

BODIES: dict[str, Any] = {
    "revision": 1, "reason": "Thử quyền.", "note": "Thử quyền.", "organisation_id": "tinh-uy",
    "to_organisation": "tinh-uy", "last_allowed_day": "2022-12-01", "leads": False,
    "sent_on": "2022-09-22", "channel": "folder", "address": "thu", "agreed": True,
    "day": "2022-09-22", "flow": "chase-reports", "meaning": "word", "result": "Xong.",
    "begins": "20:00", "ends": "06:30", "subject": "x", "text": "x", "sender_name": "Bộ Nội vụ",
    "lead": {"officer_id": PEOPLE.drafter}, "off": [{"day": "2022-09-02", "label": "Quốc khánh"}],
    "steps": [{"working_days": -3, "audience": "unit", "wording": "reminder"}], "opinion": "Giao.",
    "title": "Biểu", "columns": [{"key": "so", "title": "Số"}], "schedule": {"frequencies": []},
    "until": "2022-12-01", "number": 500, "document_date": "2022-09-01", "printed": "a",
    "corrected": "b", "add": ["tinh-uy"],
}  # fmt: skip


def test_an_auditor_changes_nothing_by_any_route(
    browsing: Browsing, seeded: Seeded, things: dict[str, str]
) -> None:
    """Bodies are good as far as one body can be; whose deed it is not is refused."""
    ask(browsing, AUDITOR, "GET", "/work")
    before, wrong, forbidden = dump(seeded), [], 0
    for route in api_routes():
        if "GET" in route.methods or route.body_field is None:
            continue
        shape: Any = route.body_field.field_info.annotation
        given: dict[str, Any] = {
            **BODIES, "by": str(uuid.uuid4()), "directive_id": things["directive_id"],
            "consignment_id": things["consignment_id"],
        }  # fmt: skip
        body = {name: given[name] for name in shape.model_fields if name in given}
        for method in route.methods:
            answer = ask(browsing, AUDITOR, method, filled(route, things), body)
            forbidden += answer.status_code == 403
            if answer.status_code not in {403, 404, 409, 422}:
                wrong.append((method, route.path, answer.status_code, answer.text[:100]))
    assert wrong == []
    assert forbidden > 25
    after = dump(seeded)
    assert {one for one in after if after[one] != before[one]} <= {"api_token"}


def deeds(browsing: Browsing, officer: str, method: str, path: str, body: Any = None) -> list[str]:  # noqa: ANN401 (JSON)
    answer = ask(browsing, officer, method, path, body, key=new_key())
    assert answer.status_code == 200, answer.text
    return [one["deed"] for one in answer.json()["deeds"]]


def test_a_program_follows_up(browsing: Browsing, issued: DirectiveId) -> None:
    who = PEOPLE.follow_up
    unit = report_units(browsing.seeded, issued)[17]
    owed_by = browsing.seeded.obligations(issued, unit)[0]
    request = request_extension(
        browsing.seeded.office.desk, browsing.seeded.unit(unit), owed_by.id,
        asked_until=date(2022, 12, 6), reason="Chờ số liệu của các xã.",
    )  # fmt: skip
    asked = ask(browsing, who, "GET", "/extensions?state=asked").json()["items"]
    mine = next(one for one in asked if one["id"] == str(request))
    granted = deeds(browsing, who, "POST", f"/extensions/{mine['id']}/grant", {})
    assert granted == ["grant_extension"]
    owed = ask(browsing, who, "GET", f"/obligations/{mine['obligation_id']}").json()
    assert any(one["field"] == "due" for one in owed["changes"])
    came = ask(browsing, who, "GET", f"/reports?directive={issued}&state=received").json()
    report = came["items"][0]
    file = ask(browsing, who, "GET", f"/reports/{report['id']}/files/0")
    assert file.content.startswith(b"%PDF-")
    missing = ask(browsing, who, "GET", f"/reports/{report['id']}/files/9")
    assert missing.status_code == 404
    assert deeds(browsing, who, "POST", f"/reports/{report['id']}/accept", {}) == ["accept_report"]
    again = ask(browsing, who, "POST", f"/reports/{report['id']}/accept", {})
    assert again.status_code == 409
    made = deeds(browsing, who, "POST", f"/directives/{issued}/consolidations", {})
    assert made == ["consolidate"]
    all_made = ask(browsing, who, "GET", f"/directives/{issued}/consolidations").json()["items"]
    path = f"/directives/{issued}/consolidations/{all_made[0]['id']}/file?form=xlsx"
    assert ask(browsing, who, "GET", path).content.startswith(b"PK")


def test_pages_of_obligations_are_whole_and_without_repeats(
    browsing: Browsing, seeded: Seeded, issued: DirectiveId
) -> None:
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        path = f"/obligations?directive={issued}&limit=37{after}"
        page = ask(browsing, PEOPLE.clerk, "GET", path).json()
        seen += [one["id"] for one in page["items"]]
        after = page["next"] and f"&after={page['next']}"
    with seeded.office.database.reading() as session:
        query = select(Obligation.id).where(Obligation.directive_id == issued)
        assert sorted(seen) == sorted(str(one) for one in session.scalars(query))


def test_a_program_sends_by_another_way(browsing: Browsing, seeded: Seeded) -> None:
    key = seeded.issued()
    found = ask(browsing, PEOPLE.clerk, "GET", f"/directives/{key}/consignments?limit=1").json()
    one = found["items"][0]
    assert found["next"]
    held = deeds(browsing, PEOPLE.clerk, "POST", f"/consignments/{one['id']}/hold", REASON)
    assert len(held) == 1
    whole = ask(browsing, PEOPLE.clerk, "GET", f"/consignments/{one['id']}").json()
    assert whole["state"] == "held"
    assert whole["history"][-1]["state"] == "held"
    body = {"channel": "folder", "address": "don-vi", "reason": "Đơn vị đổi cách nhận."}
    assert deeds(browsing, PEOPLE.clerk, "POST", f"/consignments/{one['id']}/reroute", body)
    later = ask(browsing, PEOPLE.clerk, "GET", f"/consignments/{one['id']}").json()
    assert later["rerouted_to_id"]


REASON = {"reason": "Chờ xác minh địa chỉ."}


def test_a_draft_comes_in_by_program_and_is_revised(browsing: Browsing, seeded: Seeded) -> None:
    old = seeded.start()
    text = ask(browsing, PEOPLE.drafter, "GET", f"/directives/{old}/content").json()["content"]
    to = ask(browsing, PEOPLE.drafter, "GET", f"/directives/{old}/recipients").json()["lines"]
    row = seeded.directive(old)
    body = {
        "content": {**text, "title": "Soạn bằng chương trình"},
        "lines": [{key: one[key] for key in one if key != "ordinal"} for one in to],
        "content_reviewer": PEOPLE.content_reviewer, "form_reviewer": PEOPLE.form_reviewer,
        "signatory": PEOPLE.signatory, "authority_id": row.authority_id,
    }  # fmt: skip
    word = new_key()
    first = ask(browsing, PEOPLE.drafter, "POST", "/directives", body, key=word)
    again = ask(browsing, PEOPLE.drafter, "POST", "/directives", body, key=word)
    assert first.status_code == 200, first.text
    assert first.json() == again.json()
    made = DirectiveId(uuid.UUID(first.json()["deeds"][0]["subject_id"]))
    assert seeded.directive(made).subject == "Soạn bằng chương trình"
    version = {**body, "note": "Sửa trích yếu."}
    path = f"/directives/{made}/revisions"
    assert ask(browsing, PEOPLE.drafter, "POST", path, version).status_code == 200
    assert seeded.directive(made).revision == 2
    broken = {**body, "content": {"title": [1]}}
    refused = ask(browsing, PEOPLE.drafter, "POST", "/directives", broken)
    assert (refused.status_code, refused.json()["code"]) == (422, "content_malformed")


def test_a_paper_comes_in_with_its_scan(browsing: Browsing, seeded: Seeded) -> None:
    headers = {
        "Authorization": f"Bearer {token_of(browsing, PEOPLE.clerk)}",
        "Idempotency-Key": "q1",
    }
    files = {"file": ("quet.pdf", seeded.pdf(seeded.numbered()), "application/pdf")}
    facts = '{"sender_name": "Bộ Nội vụ", "number_symbol": "12/BNV", "subject": "Về việc quét"}'
    sent = {"data": {"facts": facts}, "files": files, "headers": headers}
    url = f"{API}/files/incoming"
    first = browsing.client.post(url, **sent)
    assert first.status_code == 200, first.text
    key = first.json()["deeds"][0]["subject_id"]
    whole = ask(browsing, PEOPLE.clerk, "GET", f"/incoming/{key}").json()
    assert whole["subject"] == "Về việc quét"
    assert len(whole["files"]) == 1
    assert browsing.client.post(url, **sent).headers["idempotency-replayed"] == "true"
    other = {**sent, "files": {"file": ("quet.pdf", b"%PDF-1.4 khac", "application/pdf")}}
    assert browsing.client.post(url, **other).json()["code"] == "idempotency_key_reused"
    for wrong in ("", "[]", '{"sender_name": 5}', '{"sender_name": "x", "pin": "1"}'):
        bad = {
            "data": {"facts": wrong},
            "files": files,
            "headers": {"Authorization": headers["Authorization"]},
        }
        refused = browsing.client.post(url, **bad)
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"][0]["place"].startswith("facts")


def test_a_scan_is_read_for_the_clerk_and_for_nobody_else(
    browsing: Browsing, seeded: Seeded, issued: DirectiveId
) -> None:
    before = dump(seeded)
    files = {"file": ("quet.pdf", seeded.pdf(issued), "application/pdf")}

    def look(who: str, **sent: Any) -> Response:  # noqa: ANN401 (what the client takes)
        headers = {"Authorization": f"Bearer {token_of(browsing, who)}"}
        return browsing.client.post(f"{API}/files/incoming-look", headers=headers, **sent)

    found = look(PEOPLE.clerk, files=files)
    assert found.status_code == 200, found.text
    assert found.json()["doc_type"] == "Hướng dẫn"
    empty = look(PEOPLE.clerk, files={"file": ("anh.png", b"\x89PNG khong", "image/png")})
    assert (empty.status_code, empty.json()["subject"]) == (200, "")
    assert look(PEOPLE.drafter, files=files).status_code == 403
    assert look(PEOPLE.clerk, data={"file": "x"}).status_code == 422
    after = dump(seeded)
    assert {one for one in after if after[one] != before[one]} <= {"api_token"}
