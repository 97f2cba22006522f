"""Every route of the interface by every scope: a token opens what it was made for, nothing else."""

import re
import uuid

import pytest

from models.officer import Scope
from tests.portal.browsing import Browsing
from tests.portal.programs import API, api_routes, ask, scope_of
from tests.portal.seeded import PEOPLE
from tests.portal.test_outsiders import dump

LOOKS = frozenset({"GET", "HEAD"})


def filled(path: str) -> str:
    """An address of the kind, of something that is not there."""
    path = path.removeprefix(API)
    path = re.sub(r"\{[a-z_]*_id(:[a-z]+)?\}", str(uuid.uuid4()), path)
    return re.sub(r"\{[a-z_]+(:[a-z]+)?\}", "1", path)


@pytest.mark.parametrize("given", Scope)
def test_a_token_opens_what_it_was_made_for_and_nothing_else(
    browsing: Browsing, given: Scope
) -> None:
    wrong = []
    before = dump(browsing.seeded)
    for route in api_routes():
        for method in route.methods:
            answer = ask(browsing, "cao-duc-thanh", method, filled(route.path), {}, scopes=[given])
            refused = answer.status_code == 403 and answer.json()["code"] == "scope_missing"
            if refused is (scope_of(route) is given) or answer.status_code >= 500:
                wrong.append((method, route.path, answer.status_code))
    assert wrong == []
    after = dump(browsing.seeded)
    loose = {"api_token", "audit_event", "audit_head"}  # a first use; refusals are on record
    assert {one for one in after if after[one] != before[one]} <= loose


def test_routes_that_change_something_ask_for_more_than_reading() -> None:
    for route in api_routes():
        scope = scope_of(route)
        if route.methods <= LOOKS:
            # The very bytes that wait for a key are handed out to whom may bring a signature.
            assert scope is (Scope.SIGN if "/to-sign/" in route.path else Scope.READ), route.path
        else:
            assert scope is not Scope.READ, route.path


def test_no_route_is_open_without_a_token(browsing: Browsing) -> None:
    for route in api_routes():
        for method in route.methods:
            answer = browsing.client.request(method, API + filled(route.path), json={})
            # A body that is no body may be refused first; nothing was done then either.
            assert answer.status_code in {401, 422}, route.path
            assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_member_is_refused_by_name(browsing: Browsing) -> None:
    key = browsing.seeded.submitted()
    answer = ask(
        browsing, PEOPLE.content_reviewer, "POST", f"/directives/{key}/check-content",
        {"revision": 1, "pin": "246810"},
    )  # fmt: skip
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"place": "body.pin", "reason": "không có mục này."}]
    assert "246810" not in answer.text
