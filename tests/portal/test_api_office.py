"""The office's data by programs of its administrator: entered, changed, ended; nobody else's."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, select

from models.numbering import NumberSeries
from models.officer import Officer, Post, Scope, SigningAuthority
from models.organisation import GroupMembership, Organisation, UnitGroup
from tests.portal.browsing import Browsing
from tests.portal.programs import ask, new_key
from tests.portal.seeded import PEOPLE
from tests.portal.test_api_drafts import subject

ADMINISTRATOR = "truong-my-linh"
FROM = "2030-01-01"


@pytest.fixture(autouse=True)
def _as_it_was(browsing: Browsing) -> Iterator[None]:
    """What is entered here is nobody else's."""
    keyed = (Organisation, UnitGroup, NumberSeries, Officer)
    with browsing.portal.database.reading() as session:
        before = {table: set(session.scalars(select(table.id))) for table in keyed}
    yield
    with browsing.portal.database.writing() as session:
        new_groups = UnitGroup.id.not_in(before[UnitGroup])
        session.execute(
            delete(GroupMembership).where(
                GroupMembership.group_id.in_(select(UnitGroup.id).where(new_groups))
            )
        )
        for held in (SigningAuthority, Post):
            session.execute(delete(held).where(held.officer_id.not_in(before[Officer])))
        for table in keyed:
            session.execute(delete(table).where(table.id.not_in(before[table])))


def made(browsing: Browsing, path: str, body: dict[str, Any]) -> str:
    return subject(ask(browsing, ADMINISTRATOR, "POST", path, body, key=new_key()))


def of(browsing: Browsing, path: str) -> dict[str, Any]:
    found = ask(browsing, ADMINISTRATOR, "GET", path)
    assert found.status_code == 200, found.text
    return dict(found.json())


def test_a_unit_is_entered_and_changed_and_the_second_of_two_is_told(browsing: Browsing) -> None:
    unit = {
        "name": "Trung tâm Chương trình", "regime": "party", "channel": "paper",
        "aliases": ["TTCT"], "valid_from": FROM,
    }  # fmt: skip
    key = made(browsing, "/organisations", unit)
    path = f"/organisations/{key}"
    stands = of(browsing, path)
    assert (stands["name"], stands["aliases"]) == (unit["name"], ["TTCT"])
    change = {**unit, "abbreviation": "TTCT", "seen": stands["seen"]}
    assert subject(ask(browsing, ADMINISTRATOR, "PUT", path, change)) == key
    late = ask(browsing, ADMINISTRATOR, "PUT", path, change)
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    seen = {"seen": of(browsing, path)["seen"]}
    for wrong in ({"parent": "khong-co"}, {"valid_to": "2029-01-01"}, {"agency_id": "x"}):
        refused = ask(browsing, ADMINISTRATOR, "PUT", path, {**unit, **seen, **wrong})
        assert refused.status_code == 422, refused.text
    empty = ask(browsing, ADMINISTRATOR, "POST", "/organisations", {**unit, "name": " "})
    assert empty.status_code == 422
    assert ask(browsing, ADMINISTRATOR, "GET", "/organisations/khong-co").status_code == 404


def test_a_group_has_members_from_a_day_to_a_day(browsing: Browsing) -> None:
    key = made(browsing, "/groups", {"name": "Nhóm của chương trình"})
    path = f"/groups/{key}"
    members = {"organisations": ["tinh-uy-lam-dong"], "since": FROM}
    assert made(browsing, f"{path}/members", members) == key
    twice = ask(browsing, ADMINISTRATOR, "POST", f"{path}/members", members)
    assert twice.status_code == 422
    end = {"organisation_id": "tinh-uy-lam-dong", "began": FROM, "last_day": "2030-06-30"}
    assert made(browsing, f"{path}/members/end", end) == key
    stands = of(browsing, path)
    assert [one["until"] for one in stands["members"]] == ["2030-06-30"]
    named = {"name": "Nhóm chương trình", "aliases": [], "seen": stands["seen"]}
    assert subject(ask(browsing, ADMINISTRATOR, "PUT", path, named)) == key
    assert ask(browsing, ADMINISTRATOR, "PUT", path, named).status_code == 409
    unknown = {**end, "organisation_id": "khong-co"}
    refused = ask(browsing, ADMINISTRATOR, "POST", f"{path}/members/end", unknown)
    assert refused.status_code == 404


def test_a_series_is_entered_and_its_last_day_set(browsing: Browsing) -> None:
    body = {"doc_type": "Nghị quyết", "period_from": "2031-01-01", "stands_at": 4}
    key = made(browsing, "/series", body)
    stands = of(browsing, f"/series/{key}")
    assert (stands["stands_at"], stands["taken"], stands["period_to"]) == (4, 0, None)
    change = {**body, "period_to": "2031-12-31", "seen": stands["seen"]}
    assert subject(ask(browsing, ADMINISTRATOR, "PUT", f"/series/{key}", change)) == key
    assert of(browsing, f"/series/{key}")["period_to"] == "2031-12-31"
    assert ask(browsing, ADMINISTRATOR, "PUT", f"/series/{key}", change).status_code == 409
    wrong = {**body, "period_to": "2030-12-31"}
    assert ask(browsing, ADMINISTRATOR, "POST", "/series", wrong).status_code == 422


def test_an_officer_gets_posts_and_authorities_and_leaves(browsing: Browsing) -> None:
    own = of(browsing, f"/officers/{PEOPLE.signatory}")["posts"][0]["organisation"]
    post = {"title": "Chuyên viên", "organisation": own, "roles": ["drafter"], "valid_from": FROM}
    key = made(browsing, "/officers", {"name": "Đinh Văn Trình", **post})
    path = f"/officers/{key}"
    second = {**post, "title": "Phó phòng", "roles": ["form_reviewer"]}
    assert made(browsing, f"{path}/posts", second) == key
    ends = {"organisation_id": own, "title": "Chuyên viên", "began": FROM, "last_day": "2030-02-01"}
    assert made(browsing, f"{path}/posts/end", ends) == key
    sign = {
        "capacity": "KT", "position": "Phó Trưởng ban", "lines": ["K/T TRƯỞNG BAN"],
        "valid_from": FROM,
    }  # fmt: skip
    assert made(browsing, f"{path}/authorities", sign) == key
    stands = of(browsing, path)
    assert {one["title"]: one["valid_to"] for one in stands["posts"]} == {
        "Chuyên viên": "2030-02-01", "Phó phòng": None,
    }  # fmt: skip
    authority = stands["authorities"][0]["id"]
    last = {"last_day": "2030-03-01"}
    assert made(browsing, f"{path}/authorities/{authority}/end", last) == key
    named = {"name": "Đinh Văn Trình", "email": "trinh@don-vi.example", "seen": stands["seen"]}
    assert subject(ask(browsing, ADMINISTRATOR, "PUT", path, named)) == key
    assert ask(browsing, ADMINISTRATOR, "PUT", path, named).status_code == 409
    today = browsing.portal.today().isoformat()
    look = ask(browsing, ADMINISTRATOR, "POST", f"{path}/leave/look", {"on": today})
    assert look.status_code == 200, look.text
    assert of(browsing, path)["left_on"] is None
    gone = {"on": today, "reason": "Chuyển công tác"}
    assert ask(browsing, ADMINISTRATOR, "POST", f"{path}/leave", gone).status_code == 200
    assert of(browsing, path)["left_on"] == today
    for deed, body in (("unlock", None), ("close", {"reason": "x"}), ("reopen", {"reason": "x"})):
        none = ask(browsing, ADMINISTRATOR, "POST", f"{path}/account/{deed}", body)
        assert none.status_code == 404, (deed, none.text)


def test_an_account_is_closed_and_reopened_with_a_reason(browsing: Browsing) -> None:
    path = "/officers/ho-sy-nam/account"
    for deed in ("close", "reopen"):
        for reason in ("", "  "):
            blank = ask(browsing, ADMINISTRATOR, "POST", f"{path}/{deed}", {"reason": reason})
            assert blank.status_code == 422
        done = ask(browsing, ADMINISTRATOR, "POST", f"{path}/{deed}", {"reason": "Nghỉ dài ngày"})
        assert [one["deed"] for one in done.json()["deeds"]] == [f"{DEEDS[deed]}_account"]
    ended = ask(browsing, ADMINISTRATOR, "POST", f"{path}/end-sessions")
    assert ended.json()["deeds"][0]["deed"] == "sign_out"
    assert ask(browsing, ADMINISTRATOR, "POST", f"{path}/unlock").status_code == 200
    alone = f"/officers/{ADMINISTRATOR}/account/close"
    last = ask(browsing, ADMINISTRATOR, "POST", alone, {"reason": "Thử"})
    assert last.status_code == 422, last.text


DEEDS = {"close": "disable", "reopen": "reopen"}


@pytest.mark.parametrize("who", [PEOPLE.clerk, PEOPLE.signatory, "cao-duc-thanh"])
def test_nobody_else_changes_the_offices_data(browsing: Browsing, who: str) -> None:
    unit = {"name": "Đơn vị lạ", "regime": "party", "valid_from": FROM}
    post = {"title": "x", "organisation": "tinh-uy-lam-dong", "valid_from": FROM}
    key, theirs = f"/officers/{PEOPLE.drafter}", "/organisations/tinh-uy-lam-dong"
    for method, path, body in (
        ("POST", "/organisations", unit), ("PUT", theirs, {**unit, "seen": ""}),
        ("POST", "/groups", {"name": "Nhóm lạ"}), ("POST", "/series", {"period_from": FROM}),
        ("POST", "/officers", {**post, "name": "Người Lạ"}), ("POST", f"{key}/posts", post),
        ("POST", f"{key}/leave/look", {"on": FROM}),
        ("POST", f"{key}/leave", {"on": FROM, "reason": "x"}),
        ("POST", f"{key}/account/close", {"reason": "x"}),
        ("POST", f"{key}/account/end-sessions", None), ("POST", f"{key}/account/unlock", None),
        ("GET", key, None), ("GET", theirs, None),
    ):  # fmt: skip
        refused = ask(browsing, who, method, path, body)
        assert refused.status_code == 403, (method, path, refused.text)


def test_a_token_that_decides_does_not_administer(browsing: Browsing) -> None:
    scopes = [one for one in Scope if one is not Scope.ADMINISTER]
    body = {"name": "Nhóm lạ"}
    refused = ask(browsing, ADMINISTRATOR, "POST", "/groups", body, scopes=scopes)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
