"""What orders an officer's own work, by programs: queues, saved views, letters of notices."""

from typing import Any

from actions.work.claiming import claim
from actions.work.items import Subject
from tests.portal.browsing import Browsing
from tests.portal.programs import ask, new_key
from tests.portal.seeded import PEOPLE, Seeded
from tests.portal.test_api_drafts import subject
from tests.portal.test_work import SECOND, cancel_again, second_clerk

__all__ = ["second_clerk"]

AUDITOR = "cao-duc-thanh"


def waiting(browsing: Browsing, who: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = ask(browsing, who, "GET", f"/waiting?limit=20{after}").json()
        found += page["items"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


def test_everything_that_waits_is_told_page_by_page(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Chờ kiểm tra, cho chương trình")
    found = waiting(browsing, PEOPLE.content_reviewer)
    mine = [one for one in found if one["id"] == str(key)]
    assert [(one["about"], one["step"], one["queue"]) for one in mine] == [
        ("directive", "check_content", "")
    ]
    assert len({(one["id"], one["step"]) for one in found}) == len(found)
    body = {name: mine[0][name] for name in ("about", "id", "step", "revision")}
    # One person's own waits in no queue.
    alone = ask(browsing, PEOPLE.content_reviewer, "POST", "/waiting/claim", body)
    assert alone.status_code == 403
    held = ask(browsing, PEOPLE.content_reviewer, "POST", "/waiting/give-back", body)
    assert (held.status_code, held.json()["code"]) == (409, "wrong_state")
    for wrong in ({"about": "person"}, {"id": "x"}, {"step": ""}, {"revision": -1}):
        refused = ask(browsing, PEOPLE.clerk, "POST", "/waiting/claim", {**body, **wrong})
        assert refused.status_code == 422


def test_a_clerks_program_takes_up_and_gives_back_and_is_told_of_a_quicker_colleague(
    browsing: Browsing, seeded: Seeded, second_clerk: str
) -> None:
    key = seeded.approved("Việc của hai chương trình văn thư")
    found = next(one for one in waiting(browsing, PEOPLE.clerk) if one["id"] == str(key))
    assert (found["queue"], found["holder_id"]) == ("Hàng chờ văn thư", None)
    body = {name: found[name] for name in ("about", "id", "step", "revision")}
    word = new_key()
    taken = ask(browsing, PEOPLE.clerk, "POST", "/waiting/claim", body, key=word)
    assert taken.json()["deeds"][0]["deed"] == "claim_work"
    again = ask(browsing, PEOPLE.clerk, "POST", "/waiting/claim", body, key=word)
    assert again.json() == taken.json()
    mine = next(one for one in waiting(browsing, PEOPLE.clerk) if one["id"] == str(key))
    assert mine["holder_id"] == PEOPLE.clerk
    assert ask(browsing, PEOPLE.clerk, "POST", "/waiting/give-back", body).status_code == 200
    claim(seeded.office.desk, seeded.actor(SECOND), Subject(**{**body, "id": key}))
    late = ask(browsing, PEOPLE.clerk, "POST", "/waiting/claim", body)
    assert (late.status_code, late.json()["code"]) == (409, "taken")
    assert second_clerk in late.json()["detail"]
    cancel_again(seeded, key)


def test_a_view_is_kept_called_otherwise_and_forgotten_by_its_officer_alone(
    browsing: Browsing,
) -> None:
    body = {"name": "Đang làm", "filters": {"q": "tập huấn", "nam": "2022"}}
    key = subject(ask(browsing, PEOPLE.clerk, "POST", "/views", body, key=new_key()))
    assert ask(browsing, PEOPLE.clerk, "POST", "/views", body).status_code == 422
    listed = ask(browsing, PEOPLE.clerk, "GET", "/views").json()["items"]
    assert [one["filters"] for one in listed if one["id"] == key] == [body["filters"]]
    path = f"/views/{key}"
    assert ask(browsing, AUDITOR, "PUT", path, {"name": "x"}).status_code == 404
    assert ask(browsing, AUDITOR, "DELETE", path).status_code == 404
    assert ask(browsing, PEOPLE.clerk, "PUT", path, {"name": "Tập huấn"}).status_code == 200
    for wrong in ({"filters": {}}, {"filters": {"order": "x"}}, {"name": ""}):
        refused = ask(browsing, PEOPLE.clerk, "POST", "/views", {**body, "name": "y", **wrong})
        assert refused.status_code == 422, refused.text
    assert ask(browsing, PEOPLE.clerk, "DELETE", path).status_code == 200
    assert ask(browsing, PEOPLE.clerk, "DELETE", path).status_code == 404


def test_how_an_officer_is_told_by_mail_is_theirs_to_choose(browsing: Browsing) -> None:
    before = ask(browsing, AUDITOR, "GET", "/notices/mail").json()
    done = ask(browsing, AUDITOR, "PUT", "/notices/mail", {"mail": "never"}, key=new_key())
    assert done.json()["deeds"][0]["deed"] == "choose_notices"
    assert ask(browsing, AUDITOR, "GET", "/notices/mail").json() == {"mail": "never"}
    assert ask(browsing, AUDITOR, "PUT", "/notices/mail", {"mail": "hourly"}).status_code == 422
    assert ask(browsing, AUDITOR, "PUT", "/notices/mail", before).status_code == 200
