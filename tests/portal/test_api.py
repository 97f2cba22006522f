"""Programs: health, figures, tokens, directives."""

import hashlib

import pytest

from models.officer import APIToken
from tests.portal.browsing import Browsing
from tests.portal.programs import ask, new_key
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
    token = headers["Authorization"].removeprefix("Bearer ")
    digest = hashlib.sha256(token.encode()).hexdigest()
    with browsing.seeded.office.database.writing() as session:
        row = session.query(APIToken).filter_by(token_sha256=digest).one()
        row.ended_at = browsing.seeded.office.clock()
    assert browsing.client.get("/api/v1/directives", headers=headers).status_code == 401


def test_a_program_reads_directives(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Đọc qua giao diện")
    headers = with_token(browsing)
    listed = browsing.client.get("/api/v1/directives?state=in_review&limit=200", headers=headers)
    assert str(key) in {one["id"] for one in listed.json()["items"]}
    whole = browsing.client.get(f"/api/v1/directives/{key}", headers=headers).json()
    assert whole["subject"] == "Đọc qua giao diện"
    assert {step["deed"] for step in whole["next_steps"]} == {"check_content", "check_form"}
    events = browsing.client.get(f"/api/v1/directives/{key}/events", headers=headers).json()
    assert [event["deed"] for event in events["items"]] == ["start_directive", "submit"]
    assert events["next"] is None


def test_an_unknown_directive_is_not_found_in_json(browsing: Browsing) -> None:
    headers = with_token(browsing)
    unknown = "00000000-0000-0000-0000-000000000000"
    answer = browsing.client.get(f"/api/v1/directives/{unknown}", headers=headers)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_pages_of_the_list_follow_each_other_to_the_end(browsing: Browsing) -> None:
    made = {str(browsing.seeded.start()) for _ in range(3)}
    seen: list[str] = []
    path = "/directives?limit=2&state=drafting"
    after: str | None = ""
    while after is not None:
        page = ask(browsing, PEOPLE.clerk, "GET", path + after).json()
        assert len(page["items"]) <= 2
        seen += [one["id"] for one in page["items"]]
        after = page["next"] and f"&after={page['next']}"
    assert len(seen) == len(set(seen))
    assert made <= set(seen)


@pytest.mark.parametrize("after", ["x", "é", "W10", "WyJ0IiwxXQ", "A" * 501, "WyJ1dSIsMSwyXQ"])
def test_a_cursor_that_is_none_is_refused(browsing: Browsing, after: str) -> None:
    answer = ask(browsing, PEOPLE.clerk, "GET", f"/directives?after={after}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_text_recipients_and_files_of_a_directive_are_handed_out(browsing: Browsing) -> None:
    key = browsing.seeded.numbered()
    path = f"/directives/{key}"
    text = ask(browsing, PEOPLE.clerk, "GET", f"{path}/content").json()
    assert text["ordinal"] == 1
    assert text["content"]["sections"] or text["content"]
    to = ask(browsing, PEOPLE.clerk, "GET", f"{path}/recipients").json()
    assert to["lines"]
    assert {one["organisation_id"] for one in to["units"]}
    files = ask(browsing, PEOPLE.clerk, "GET", f"{path}/files").json()["items"]
    frozen = next(one for one in files if one["kind"] == "frozen")
    answer = ask(browsing, PEOPLE.clerk, "GET", f"{path}/files/{frozen['id']}")
    assert hashlib.sha256(answer.content).hexdigest() == frozen["sha256"]
    other = browsing.seeded.start()
    assert (
        ask(browsing, PEOPLE.clerk, "GET", f"/directives/{other}/files/{frozen['id']}").status_code
        == 404
    )


def test_a_directive_goes_from_draft_to_issue_by_programs_alone(browsing: Browsing) -> None:
    """Only the two signatures are made by people; a PIN does not cross the interface."""
    seeded = browsing.seeded
    key = seeded.start()
    path, looked = f"/directives/{key}", {"revision": 1}

    def does(officer: str, deed: str, body: object = None) -> list[str]:
        answer = ask(browsing, officer, "POST", f"{path}/{deed}", body, key=new_key())
        assert answer.status_code == 200, answer.text
        return [one["deed"] for one in answer.json()["deeds"]]

    assert does(PEOPLE.drafter, "submit") == ["submit"]
    assert does(PEOPLE.content_reviewer, "check-content", looked) == ["check_content"]
    assert does(PEOPLE.form_reviewer, "check-form", looked) == ["check_form"]
    assert does(PEOPLE.signatory, "approve", looked) == ["approve"]
    if browsing.state(key) == "approved":
        assert does(PEOPLE.clerk, "number", {}) == ["take_number"]
    refused = ask(browsing, PEOPLE.clerk, "POST", f"{path}/issue")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
