"""Trust anchors by programs of the administrator: looked at, added as compared, changed, ended."""

import base64
from typing import Any

import pytest

from models.officer import Scope
from tests.portal.browsing import Browsing
from tests.portal.programs import ask, new_key
from tests.portal.seeded import PEOPLE
from tests.portal.test_anchor_pages import (
    ROOT,
    SECOND,
    file_of,
    last_event,
    ours,
    print_of,
    trusted,
)
from tests.portal.test_api_drafts import subject

__all__ = ["ours"]

ADMINISTRATOR = "truong-my-linh"
TERMS: dict[str, Any] = {
    "source": "trang của nơi cấp", "reason": "cấp cho cơ quan ta", "purposes": ["officer", "stamp"],
}  # fmt: skip


def new(**more: Any) -> dict[str, Any]:  # noqa: ANN401 (members of a body)
    whole = file_of(ROOT).decode()
    return {**TERMS, "certificates": whole, "fingerprints": [print_of(ROOT)], **more}


def test_a_file_is_looked_at_added_once_for_its_key_and_told(ours: Browsing) -> None:
    before = trusted(ours)
    body = {"certificates": base64.b64encode(ROOT.der).decode()}
    seen = ask(ours, ADMINISTRATOR, "POST", "/trust-anchor-look", body)
    assert seen.status_code == 200, seen.text
    (found,) = seen.json()["items"]
    assert (found["subject"], found["self_issued"], found["is_trusted"]) == (
        "CA gốc của Nơi Cấp", True, False,
    )  # fmt: skip
    assert found["fingerprint"] == print_of(ROOT)
    assert trusted(ours) == before
    key = new_key()
    first = ask(ours, ADMINISTRATOR, "POST", "/trust-anchors", new(), key=key)
    assert subject(first) == print_of(ROOT)
    event = last_event(ours).sequence
    again = ask(ours, ADMINISTRATOR, "POST", "/trust-anchors", new(), key=key)
    assert (again.json(), last_event(ours).sequence) == (first.json(), event)
    listed = ask(ours, ADMINISTRATOR, "GET", "/trust-anchors").json()["items"]
    mine = {one["fingerprint"]: one for one in listed}[print_of(ROOT)]
    assert (mine["standing"], mine["purposes"], mine["is_declared"]) == (
        "holds", ["officer", "stamp"], True,
    )  # fmt: skip


def test_an_anchor_is_said_anew_with_what_was_seen_and_ended_with_a_reason(ours: Browsing) -> None:
    ask(ours, ADMINISTRATOR, "POST", "/trust-anchors", new())
    path = f"/trust-anchors/{print_of(ROOT)}"
    stands = ask(ours, ADMINISTRATOR, "GET", path).json()
    change = {**TERMS, "until": "2030-12-31", "organisations": ["Sở Một"], "seen": stands["seen"]}
    assert subject(ask(ours, ADMINISTRATOR, "PUT", path, change)) == print_of(ROOT)
    now = ask(ours, ADMINISTRATOR, "GET", path).json()
    assert (now["until"], now["organisations"]) == ("2030-12-31", ["Sở Một"])
    late = ask(ours, ADMINISTRATOR, "PUT", path, change)
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    for reason in ("", "  "):
        blank = ask(ours, ADMINISTRATOR, "POST", f"{path}/remove", {"reason": reason})
        assert blank.status_code == 422
    gone = ask(ours, ADMINISTRATOR, "POST", f"{path}/remove", {"reason": "Nơi cấp ngừng"})
    assert [one["deed"] for one in gone.json()["deeds"]] == ["remove_trust_anchor"]
    assert print_of(ROOT) not in trusted(ours)
    assert ask(ours, ADMINISTRATOR, "GET", path).status_code == 404
    assert ask(ours, ADMINISTRATOR, "GET", "/trust-anchors/abc").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"fingerprints": ["0" * 64]}, {"fingerprints": []}, {"fingerprints": ["AB:CD"]},
        {"certificates": "không phải chứng thư"}, {"certificates": "AAAA"}, {"source": " "},
        {"certificates": "x" * 400_000}, {"purposes": []}, {"purposes": ["moi-viec"]},
        {"since": "2030-01-01", "until": "2029-01-01"},
        {"certificates": file_of(ROOT, SECOND).decode()},
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_right_changes_nothing(ours: Browsing, wrong: dict[str, Any]) -> None:
    before = trusted(ours)
    refused = ask(ours, ADMINISTRATOR, "POST", "/trust-anchors", new(**wrong))
    assert refused.status_code == 422, refused.text
    assert trusted(ours) == before


@pytest.mark.parametrize("who", [PEOPLE.clerk, "cao-duc-thanh"])
def test_nobody_else_trusts_anything_by_a_program(ours: Browsing, who: str) -> None:
    before = trusted(ours)
    path = f"/trust-anchors/{next(iter(before))}"
    for method, address, body in (
        ("POST", "/trust-anchor-look", {"certificates": file_of(ROOT).decode()}),
        ("POST", "/trust-anchors", new()), ("PUT", path, {**TERMS, "seen": ""}),
        ("POST", f"{path}/remove", {"reason": "x"}), ("GET", path, None),
        ("GET", "/trust-anchors", None),
    ):  # fmt: skip
        refused = ask(ours, who, method, address, body)
        assert refused.status_code == 403, (method, address, refused.text)
    scopes = [one for one in Scope if one is not Scope.ADMINISTER]
    missing = ask(ours, ADMINISTRATOR, "POST", "/trust-anchors", new(), scopes=scopes)
    assert (missing.status_code, missing.json()["code"]) == (403, "scope_missing")
    assert trusted(ours) == before
