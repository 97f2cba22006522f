"""Planned absences for programs: looked at, said, ended early, taken back; each their own."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from models.absence import Absence
from models.officer import SigningAuthority
from tests.portal.browsing import Browsing
from tests.portal.programs import ask, new_key
from tests.portal.seeded import PEOPLE
from tests.portal.test_outsiders import dump

ADMINISTRATOR, DEPUTY, STRANGER = "truong-my-linh", "ho-sy-nam", "cao-duc-thanh"


@pytest.fixture
def ours(browsing: Browsing) -> Iterator[Browsing]:
    yield browsing
    with browsing.portal.database.writing() as session:
        made = session.scalars(select(Absence.authority_id)).all()
        session.execute(update(Absence).values(authority_id=None, post_id=None))
        session.execute(delete(Absence))
        session.execute(delete(SigningAuthority).where(SigningAuthority.id.in_(made)))


def absence(ours: Browsing, *, in_days: int = 300, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 (members of the body)
    first: date = ours.portal.today() + timedelta(days=in_days)
    return {
        "officer_id": PEOPLE.signatory, "deputy_id": DEPUTY, "first_day": first.isoformat(),
        "last_day": (first + timedelta(days=9)).isoformat(), "reason": "Đi học", **changes,
    }  # fmt: skip


def said(ours: Browsing, who: str = ADMINISTRATOR, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 (same)
    body = absence(ours, **changes)
    answer = ask(ours, who, "POST", "/absences", body, key=new_key())
    assert answer.status_code == 200, answer.text
    assert answer.json()["deeds"][0]["deed"] == "state_absence"
    path = f"/absences?officer={body['officer_id']}&limit=1"
    return dict(ask(ours, who, "GET", path).json()["items"][0])


def test_an_administrators_program_looks_says_and_takes_back(ours: Browsing) -> None:
    given = {"signing": "given", "capacity": "KT"}
    before = dump(ours.seeded)
    look = ask(ours, ADMINISTRATOR, "POST", "/absence-look", absence(ours, **given))
    assert look.status_code == 200, look.text
    assert look.json()["printed"][0] == "K/T TRƯỞNG BAN"
    after = dump(ours.seeded)
    assert {one for one in after if after[one] != before[one]} <= {"api_token"}
    made = said(ours, **given)
    assert (made["phase"], made["signing"], made["officer_id"]) == (
        "to_come", "given", PEOPLE.signatory,
    )  # fmt: skip
    assert made["printed"] == look.json()["printed"]
    path = f"/absences/{made['id']}"
    early = ask(ours, ADMINISTRATOR, "POST", f"{path}/end", {"version": 1})
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    stale = ask(ours, ADMINISTRATOR, "POST", f"{path}/cancel", {"version": 9})
    assert stale.status_code == 409
    assert ask(ours, ADMINISTRATOR, "POST", f"{path}/cancel", {"version": 1}).status_code == 200
    assert ask(ours, ADMINISTRATOR, "GET", path).json()["phase"] == "cancelled"
    assert dump(ours.seeded)["signing_authority"] == before["signing_authority"]


def test_an_absence_that_holds_passes_work_on_and_is_ended_early(ours: Browsing) -> None:
    key = ours.seeded.start("Chờ người soạn thảo về")
    look = ask(
        ours, ADMINISTRATOR, "POST", "/absence-look",
        absence(ours, in_days=0, officer_id=PEOPLE.drafter),
    )  # fmt: skip
    assert look.status_code == 200, look.text
    assert all(one["outcome"] in {"handed", "left", "returned"} for one in look.json()["work"])
    made = said(ours, in_days=0, officer_id=PEOPLE.drafter)
    assert made["phase"] == "now"
    ended = ask(ours, ADMINISTRATOR, "POST", f"/absences/{made['id']}/end", {"version": 1})
    assert ended.json()["deeds"][0]["deed"] == "end_absence"
    assert ask(ours, ADMINISTRATOR, "GET", f"/absences/{made['id']}").json()["phase"] == "ended"
    assert ours.seeded.directive(key).drafter_id == PEOPLE.drafter


def test_officers_say_their_own_absence_and_lend_nothing(ours: Browsing) -> None:
    own = {"officer_id": None}
    assert said(ours, PEOPLE.drafter, officer_id=PEOPLE.drafter)["signing"] == "none"
    for who, changes in (
        (PEOPLE.form_reviewer, {**own, "roles": ["form_reviewer"]}),
        (PEOPLE.signatory, {**own, "signing": "given", "capacity": "KT"}),
        (PEOPLE.form_reviewer, {}),
    ):
        for path in ("/absences", "/absence-look"):
            refused = ask(ours, who, "POST", path, absence(ours, **changes))
            assert refused.status_code == 403, refused.text
    made = ask(ours, PEOPLE.drafter, "GET", "/absences").json()["items"][0]
    path = f"/absences/{made['id']}"
    assert ask(ours, DEPUTY, "GET", path).json()["reason"] == "Đi học"
    assert ask(ours, STRANGER, "GET", path).status_code == 404
    assert ask(ours, STRANGER, "GET", "/absences").json() == {"items": [], "next": None}
    assert ask(ours, STRANGER, "POST", f"{path}/cancel", {"version": 1}).status_code == 403
    assert ask(ours, DEPUTY, "POST", f"{path}/cancel", {"version": 1}).status_code == 403
    assert ask(ours, PEOPLE.drafter, "POST", f"{path}/cancel", {"version": 1}).status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"last_day": "2001-01-01"}, "ngày cuối phải từ ngày đầu"),
        ({"deputy_id": PEOPLE.signatory}, "phải là người khác"),
        ({"signing": "given"}, "capacity đi cùng"),
        ({"capacity": "KT"}, "capacity đi cùng"),
        ({"reason": " "}, "không được để trống"),
        ({"signing": "sometimes"}, "body.signing"),
        ({"first_day": "hôm nào đó"}, "body.first_day"),
        ({"roles": ["emperor"]}, "body.roles"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(
    ours: Browsing, changes: dict[str, Any], words: str
) -> None:
    refused = ask(ours, ADMINISTRATOR, "POST", "/absences", absence(ours, **changes))
    assert (refused.status_code, words in refused.text) == (422, True), refused.text
    unknown = ask(ours, ADMINISTRATOR, "POST", f"/absences/{uuid.uuid4()}/end", {"version": 1})
    assert unknown.status_code == 404


def test_pages_of_absences_are_whole_and_without_repeats(ours: Browsing) -> None:
    made = {said(ours, in_days=day)["id"] for day in (100, 120, 140)}
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = ask(ours, ADMINISTRATOR, "GET", f"/absences?limit=2{after}").json()
        seen += [one["id"] for one in page["items"]]
        after = page["next"] and f"&after={page['next']}"
    assert made <= set(seen)
    assert len(seen) == len(set(seen))
