"""Templates of the office for programs: made of a draft, seen, begun with, renamed, withdrawn."""

import uuid

from tests.portal.browsing import Browsing
from tests.portal.programs import ask, new_key
from tests.portal.seeded import PEOPLE
from tests.portal.test_api_drafts import DRAFTER, begun, dropped, of, saved, subject

ADMINISTRATOR = "truong-my-linh"


def kept(browsing: Browsing, name: str) -> tuple[str, str]:
    """A draft and the template that was made of it."""
    draft = begun(browsing)
    assert saved(browsing, draft, title="Tập huấn", urgency="KHẨN").status_code == 200
    made = ask(
        browsing, DRAFTER, "POST", f"/drafts/{draft}/template", {"name": name}, key=new_key()
    )
    return draft, subject(made)


def withdrawn(browsing: Browsing, key: str) -> None:
    assert ask(browsing, ADMINISTRATOR, "DELETE", f"/templates/{key}").status_code == 200


def test_a_draft_becomes_a_template_with_which_another_begins(browsing: Browsing) -> None:
    draft, key = kept(browsing, "Mẫu tập huấn")
    listed = ask(browsing, PEOPLE.clerk, "GET", "/templates").json()["items"]
    assert (key, "Mẫu tập huấn") in [(one["id"], one["name"]) for one in listed]
    whole = ask(browsing, DRAFTER, "GET", f"/templates/{key}").json()
    assert (whole["body"]["title"], whole["body"]["urgency"]) == ("Tập huấn", "")
    word = new_key()
    first = ask(browsing, DRAFTER, "POST", f"/templates/{key}/begin", key=word)
    again = ask(browsing, DRAFTER, "POST", f"/templates/{key}/begin", key=word)
    assert first.json() == again.json()
    new = subject(first)
    assert of(browsing, new)["body"]["title"] == "Tập huấn"
    for one in (draft, new):
        dropped(browsing, one)
    withdrawn(browsing, key)
    assert ask(browsing, DRAFTER, "GET", f"/templates/{key}").status_code == 404
    assert ask(browsing, DRAFTER, "POST", f"/templates/{key}/begin").status_code == 404


def test_a_template_is_renamed_by_its_keepers_and_by_nobody_else(browsing: Browsing) -> None:
    draft, key = kept(browsing, "Mẫu cũ của chương trình")
    path, new = f"/templates/{key}", {"name": "Mẫu mới của chương trình"}
    assert subject(ask(browsing, ADMINISTRATOR, "PUT", path, new)) == key
    assert ask(browsing, DRAFTER, "GET", path).json()["name"] == new["name"]
    for who in (PEOPLE.form_reviewer, PEOPLE.signatory):
        for method, body in (("GET", None), ("PUT", new), ("DELETE", None)):
            assert ask(browsing, who, method, path, body).status_code == 403
        assert ask(browsing, who, "GET", "/templates").status_code == 403
        assert ask(browsing, who, "POST", f"{path}/begin").status_code == 403
    # Clerk and administrator keep templates; they draft nothing.
    assert ask(browsing, PEOPLE.clerk, "POST", f"{path}/begin").status_code == 403
    for name in ("", "   ", "x" * 121):
        assert ask(browsing, DRAFTER, "PUT", path, {"name": name}).status_code == 422
    twice = ask(browsing, DRAFTER, "POST", f"/drafts/{draft}/template", new)
    assert (twice.status_code, "đã có mẫu tên này" in twice.text) == (422, True)
    unknown = ask(browsing, DRAFTER, "POST", f"/drafts/{uuid.uuid4()}/template", new)
    assert unknown.status_code == 404
    dropped(browsing, draft)
    withdrawn(browsing, key)


def test_pages_of_templates_are_whole_and_without_repeats(browsing: Browsing) -> None:
    made = [kept(browsing, f"Mẫu trang {number}") for number in range(3)]
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = ask(browsing, DRAFTER, "GET", f"/templates?limit=2{after}").json()
        seen += [one["id"] for one in page["items"]]
        after = page["next"] and f"&after={page['next']}"
    assert {key for _, key in made} <= set(seen)
    assert len(seen) == len(set(seen))
    for draft, key in made:
        dropped(browsing, draft)
        withdrawn(browsing, key)
