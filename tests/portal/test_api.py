"""Programs: health, figures, tokens, directives."""

import hashlib

from models.officer import APIToken
from tests.portal.browsing import Browsing
from tests.portal.seeded import PEOPLE

TOKEN = "tk_mot-ma-de-thu"


def with_token(browsing: Browsing, officer: str = PEOPLE.clerk) -> dict[str, str]:
    token = f"{TOKEN}-{officer}"
    digest = hashlib.sha256(token.encode()).hexdigest()
    with browsing.seeded.office.database.writing() as session:
        known = session.query(APIToken).filter_by(token_sha256=digest).one_or_none()
        if known is None:
            session.add(
                APIToken(
                    token_sha256=digest,
                    officer_id=officer,
                    label="thử",
                    created_at=browsing.seeded.office.clock(),
                )
            )
    return {"Authorization": f"Bearer {token}"}


def test_the_portal_is_alive_and_ready(browsing: Browsing) -> None:
    assert browsing.get("/healthz").json() == {"status": "ok"}
    assert browsing.get("/readyz").json()["status"] == "ok"


def test_figures_are_plain_prometheus_text(browsing: Browsing) -> None:
    browsing.seeded.start()
    answer = browsing.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert any(line.startswith('trinhky_directives{state="drafting"} ') for line in lines)
    assert any(line.startswith("trinhky_audit_events_total ") for line in lines)
    assert all(line.startswith(("#", "trinhky_")) for line in lines)


def test_the_interface_describes_itself_and_only_itself(browsing: Browsing) -> None:
    paths = set(browsing.get("/api/openapi.json").json()["paths"])
    assert {"/api/v1/verifications", "/api/v1/directives", "/healthz"} <= paths
    assert "/viec-cua-toi" not in paths
    assert browsing.get("/docs").status_code == 404


def test_directives_need_a_good_token(browsing: Browsing) -> None:
    key = browsing.seeded.start()
    browsing.sign_in(PEOPLE.clerk)
    for headers in ({}, {"Authorization": "Bearer sai"}, {"Authorization": "Basic YTpi"}):
        for path in ("/api/v1/directives", f"/api/v1/directives/{key}"):
            answer = browsing.client.get(path, headers=headers)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["code"] == "token_refused"


def test_an_ended_token_opens_nothing(browsing: Browsing) -> None:
    headers = with_token(browsing, PEOPLE.follow_up)
    assert browsing.client.get("/api/v1/directives", headers=headers).status_code == 200
    with browsing.seeded.office.database.writing() as session:
        token = session.query(APIToken).filter_by(officer_id=PEOPLE.follow_up).one()
        token.ended_at = browsing.seeded.office.clock()
    assert browsing.client.get("/api/v1/directives", headers=headers).status_code == 401


def test_a_program_reads_directives(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Đọc qua giao diện")
    headers = with_token(browsing)
    listed = browsing.client.get("/api/v1/directives?state=in_review&limit=200", headers=headers)
    assert str(key) in {one["id"] for one in listed.json()["items"]}
    whole = browsing.client.get(f"/api/v1/directives/{key}", headers=headers).json()
    assert whole["subject"] == "Đọc qua giao diện"
    assert {step["deed"] for step in whole["next_steps"]} == {"check_content", "check_form"}
    assert [event["deed"] for event in whole["events"]] == ["start_directive", "submit"]


def test_an_unknown_directive_is_not_found_in_json(browsing: Browsing) -> None:
    headers = with_token(browsing)
    unknown = "00000000-0000-0000-0000-000000000000"
    answer = browsing.client.get(f"/api/v1/directives/{unknown}", headers=headers)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_pages_of_the_list_follow_each_other(browsing: Browsing) -> None:
    browsing.seeded.start()
    browsing.seeded.start()
    headers = with_token(browsing)
    first = browsing.client.get("/api/v1/directives?limit=1", headers=headers).json()
    second = browsing.client.get("/api/v1/directives?limit=1&offset=1", headers=headers).json()
    assert first["more"]
    assert first["items"][0]["id"] != second["items"][0]["id"]
