"""A program of the office drafts: from a file it brings, by hand, from what there is already."""

import time
import uuid
from typing import Any

import pytest
from httpx import Response

from models.base import DirectiveId
from tests.portal.browsing import Browsing
from tests.portal.programs import API, ask, new_key, token_of
from tests.portal.seeded import DEMO, PEOPLE

DRAFTER = PEOPLE.drafter
SCANNED = (DEMO / "96-HD-BTGTU.ocr.txt").read_bytes()
PAPER = "Hướng dẫn"


def brings(
    browsing: Browsing, path: str, name: str, content: bytes, *, who: str = DRAFTER, key: str = "",
    **fields: str,
) -> Response:  # fmt: skip
    headers = {"Authorization": f"Bearer {token_of(browsing, who)}"}
    if key:
        headers["Idempotency-Key"] = key
    sent: Response = browsing.client.post(
        f"{API}/files{path}", data=fields, files={"file": (name, content)}, headers=headers
    )
    return sent


def subject(answer: Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["deeds"][0]["subject_id"])


def until_over(browsing: Browsing, key: str) -> dict[str, Any]:
    for _ in range(600):
        found: dict[str, Any] = ask(browsing, DRAFTER, "GET", f"/imports/{key}").json()
        if found["state"] not in {"waiting", "reading"}:
            return found
        time.sleep(0.05)
    return pytest.fail("never read")


def of(browsing: Browsing, key: str) -> dict[str, Any]:
    found = ask(browsing, DRAFTER, "GET", f"/drafts/{key}")
    assert found.status_code == 200, found.text
    return dict(found.json())


def saved(browsing: Browsing, key: str, **changes: Any) -> Response:  # noqa: ANN401 (members of the draft)
    draft = of(browsing, key)
    body = {"version": draft["version"], "body": {**draft["body"], **changes}}
    return ask(browsing, DRAFTER, "PUT", f"/drafts/{key}", body, key=new_key())


def begun(browsing: Browsing) -> str:
    kinds = ask(browsing, DRAFTER, "GET", "/draft-choices").json()["kinds"]
    kind = next(one["name"] for one in kinds if one["name"].casefold() == PAPER.casefold())
    return subject(ask(browsing, DRAFTER, "POST", "/drafts", {"doc_type": kind}))


def dropped(browsing: Browsing, key: str) -> None:
    assert ask(browsing, DRAFTER, "DELETE", f"/drafts/{key}").status_code == 200


def test_a_program_brings_a_file_looks_through_what_was_read_and_hands_it_in(
    browsing: Browsing,
) -> None:
    word = new_key()
    first = brings(browsing, "/imports", "Bản quét.txt", SCANNED, key=word)
    key = subject(first)
    again = brings(browsing, "/imports", "Bản quét.txt", SCANNED, key=word)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()
    read = until_over(browsing, key)
    assert (read["state"], read["draft_id"], read["name"]) == ("read", key, "Bản quét.txt")
    assert ask(browsing, DRAFTER, "GET", f"/drafts/{key}/source").content == SCANNED
    draft = of(browsing, key)
    assert draft["reading"]["doubts"]
    assert draft["open_doubts"] == len(draft["reading"]["doubts"])
    line = next(one for one in draft["reading"]["doubts"] if one["field"].startswith("l."))
    put_right = {
        "version": draft["version"], "fields": {line["field"]: "Báo Lâm Đồng"},
        "settled": [one["index"] for one in draft["reading"]["doubts"]],
    }  # fmt: skip
    settled = ask(browsing, DRAFTER, "POST", f"/drafts/{key}/corrections", put_right, key=new_key())
    assert settled.json() == {"deeds": []}
    draft = of(browsing, key)
    assert draft["open_doubts"] == 0
    assert draft["body"]["lines"][int(line["field"].split(".")[1])]["raw"] == "Báo Lâm Đồng"
    people = {
        "content_reviewer": PEOPLE.content_reviewer, "form_reviewer": PEOPLE.form_reviewer
    }  # fmt: skip
    assert saved(browsing, key, **people).status_code == 200
    seen = {"version": of(browsing, key)["version"]}
    made = subject(ask(browsing, DRAFTER, "POST", f"/drafts/{key}/hand-in", seen))
    assert ask(browsing, DRAFTER, "GET", f"/imports/{key}").status_code == 404
    files = ask(browsing, DRAFTER, "GET", f"/directives/{made}/files").json()["items"]
    assert [one["name"] for one in files if one["kind"] == "source"] == ["Bản quét.txt"]


def test_a_file_that_cannot_be_read_says_why_and_is_read_again_or_thrown_away(
    browsing: Browsing,
) -> None:
    key = subject(brings(browsing, "/imports", "hỏng.docx", b"PK\x03\x04" + b"\x00" * 400))
    failed = until_over(browsing, key)
    assert failed["state"] == "failed"
    assert "Không trích được nội dung" in failed["problem"]
    listed = ask(browsing, DRAFTER, "GET", "/imports").json()["items"]
    assert key in [one["id"] for one in listed]
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/read-again")):
        other = ask(browsing, PEOPLE.form_reviewer, method, f"/imports/{key}{path}")
        assert other.status_code == 404
    assert subject(ask(browsing, DRAFTER, "POST", f"/imports/{key}/read-again")) == key
    assert until_over(browsing, key)["state"] == "failed"
    assert subject(ask(browsing, DRAFTER, "DELETE", f"/imports/{key}")) == key
    assert ask(browsing, DRAFTER, "GET", f"/imports/{key}").status_code == 404
    assert ask(browsing, DRAFTER, "POST", f"/imports/{key}/read-again").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("mat.txt", b"T\xe1\xbb\x90I M\xe1\xba\xacT\n" + SCANNED, 422, "Tệp không được lưu lại"),
        ("ma.exe", b"MZ\x90\x00" * 100, 422, "Chỉ nhận tệp"),
        ("to.pdf", b"%PDF-1.7" + b"0" * (3 << 20), 413, "giới hạn"),
    ],
)
def test_a_file_that_may_not_be_kept_is_refused(
    browsing: Browsing, name: str, content: bytes, status: int, said: str
) -> None:
    refused = brings(browsing, "/imports", name, content)
    assert refused.status_code == status
    assert said in refused.json()["detail"]
    assert ask(browsing, DRAFTER, "GET", "/imports").json() == {"items": []}


def test_a_clerk_brings_no_file_to_draft_from_and_begins_nothing(browsing: Browsing) -> None:
    assert brings(browsing, "/imports", "a.txt", SCANNED, who=PEOPLE.clerk).status_code == 403
    new = {"doc_type": PAPER}
    assert ask(browsing, PEOPLE.clerk, "POST", "/drafts", new).status_code == 403
    assert ask(browsing, PEOPLE.clerk, "GET", "/draft-choices").status_code == 403


def test_a_draft_is_begun_saved_whole_and_becomes_a_directive(
    browsing: Browsing, issued: DirectiveId
) -> None:
    listed = ask(browsing, DRAFTER, "GET", f"/directives/{issued}").json()
    key = subject(ask(browsing, DRAFTER, "POST", f"/directives/{issued}/copy", key=new_key()))
    offered = ask(browsing, DRAFTER, "GET", "/draft-choices").json()
    draft = of(browsing, key)
    tasks = [
        {**one, "kind": "before_date", "named_date": "2030-10-31", "inclusive": True}
        if one["kind"] == "before_date" else one
        for one in draft["body"]["tasks"]
    ]  # fmt: skip
    done = saved(
        browsing, key, title="Tập huấn bằng chương trình", tasks=tasks,
        authority_id=next(
            one["id"] for one in offered["authorities"]
            if one["officer_id"] == listed["signatory_id"]
        ),
        content_reviewer=PEOPLE.content_reviewer, form_reviewer=PEOPLE.form_reviewer,
    )  # fmt: skip
    assert done.json() == {"deeds": []}
    draft = of(browsing, key)
    assert [one for one in draft["faults"] if one["stops"]] == []
    sheet = brings(
        browsing, f"/drafts/{key}/attachments", "bieu.xlsx", b"PK\x03\x04 bieu",
        version=str(draft["version"]),
    )  # fmt: skip
    assert sheet.status_code == 200, sheet.text
    assert [one["name"] for one in of(browsing, key)["attachments"]] == ["bieu.xlsx"]
    old = {"version": draft["version"]}
    assert ask(browsing, DRAFTER, "POST", f"/drafts/{key}/hand-in", old).status_code == 409
    now = {"version": of(browsing, key)["version"]}
    made = subject(ask(browsing, DRAFTER, "POST", f"/drafts/{key}/hand-in", now, key=new_key()))
    whole = ask(browsing, DRAFTER, "GET", f"/directives/{made}").json()
    assert (whole["state"], whole["subject"]) == ("drafting", "Tập huấn bằng chương trình")
    assert ask(browsing, DRAFTER, "GET", f"/drafts/{key}").status_code == 404
    up = subject(ask(browsing, DRAFTER, "POST", f"/directives/{made}/take-up"))
    assert of(browsing, up)["directive_id"] == made
    second = {"version": of(browsing, up)["version"], "note": "Sửa trích yếu."}
    assert subject(ask(browsing, DRAFTER, "POST", f"/drafts/{up}/hand-in", second)) == made
    assert ask(browsing, DRAFTER, "GET", f"/directives/{made}").json()["revision"] == 2
    other = ask(browsing, PEOPLE.form_reviewer, "POST", f"/directives/{made}/take-up")
    assert other.status_code == 403


def test_a_draft_is_its_drafters_alone(browsing: Browsing) -> None:
    key = begun(browsing)
    version = {"version": 1}
    for method, path, body in (
        ("GET", "", None), ("GET", "/source", None), ("DELETE", "", None), ("PUT", "", SAVED),
        ("POST", "/take-back", None), ("POST", "/hand-in", version),
        ("POST", "/corrections", version),
    ):  # fmt: skip
        other = ask(browsing, PEOPLE.form_reviewer, method, f"/drafts/{key}{path}", body)
        assert other.status_code == 404, (method, path)
    theirs = brings(
        browsing, f"/drafts/{key}/attachments", "a.txt", b"a", who=PEOPLE.clerk, version="1"
    )
    assert theirs.status_code == 404
    assert of(browsing, key)["version"] == 1
    # One that began without a file has nothing to correct and none to hand out.
    mine = ask(browsing, DRAFTER, "POST", f"/drafts/{key}/corrections", version)
    assert mine.status_code == 404
    assert ask(browsing, DRAFTER, "GET", f"/drafts/{key}/source").status_code == 404
    assert ask(browsing, DRAFTER, "GET", f"/imports/{key}").status_code == 404
    dropped(browsing, key)


SAVED: dict[str, Any] = {"version": 1, "body": {"title": "x"}}


def test_of_two_programs_that_save_the_second_is_told_and_nothing_is_lost(
    browsing: Browsing,
) -> None:
    key = begun(browsing)
    empty = ask(browsing, DRAFTER, "POST", f"/drafts/{key}/hand-in", {"version": 1})
    assert (empty.status_code, empty.json()["code"]) == (422, "invalid_input")
    assert saved(browsing, key, title="Bản một").status_code == 200
    late = ask(browsing, DRAFTER, "PUT", f"/drafts/{key}", SAVED)
    assert (late.status_code, late.json()["code"]) == (409, "stale_revision")
    assert of(browsing, key)["body"]["title"] == "Bản một"
    assert ask(browsing, DRAFTER, "POST", f"/drafts/{key}/take-back").status_code == 200
    assert of(browsing, key)["body"]["title"] == ""
    dropped(browsing, key)


def test_a_draft_that_cannot_be_so_is_refused_by_its_place_and_stays_as_it_was(
    browsing: Browsing,
) -> None:
    key = begun(browsing)
    table = {"kind": "table", "header": ["a", "b"], "rows": [["1"]]}
    for changes, said in (
        ({"opening": [table]}, "Phần mở đầu, khối 1"),
        ({"closing": [{"kind": "table"}]}, "ít nhất một cột"),
        ({"outline": [{"kind": "heading", "text": "x"}]}, "cấp từ 1"),
        ({"annexes": [{"items": [table]}]}, "Phụ lục 1, khối 1"),
        ({"title": "x" * 20_001}, "Dài hơn 20000 chữ"),
    ):
        refused = saved(browsing, key, **changes)
        assert (refused.status_code, said in refused.text) == (422, True), refused.text
    for body in (
        {"version": 1, "body": {}, "attachments": ["khong-co.pdf"]},
        {"version": 1, "body": {"attachments": [{"name": "x", "sha256": "0" * 64}]}},
        {"version": 1, "body": {"regime": "state"}},
        {"version": 1, "body": {"tasks": [{"kind": "sometime"}]}},
        {"version": 0, "body": {}},
    ):
        assert ask(browsing, DRAFTER, "PUT", f"/drafts/{key}", body).status_code == 422
    draft = of(browsing, key)
    assert draft["version"] == 1
    part = {"kind": "heading", "level": 1, "label": "?", "text": "MỤC ĐÍCH"}
    assert saved(browsing, key, outline=[part, part]).status_code == 200
    assert [one["label"] for one in of(browsing, key)["body"]["outline"]] == ["I.", "II."]
    wrong = brings(browsing, f"/drafts/{key}/attachments", "a.txt", b"a", version="hai")
    assert wrong.status_code == 422
    dropped(browsing, key)


def test_only_what_is_doubted_is_corrected(browsing: Browsing) -> None:
    key = subject(brings(browsing, "/imports", "a.txt", SCANNED))
    until_over(browsing, key)
    version = of(browsing, key)["version"]
    for body in ({"fields": {"h.nothing": "x"}}, {"settled": [9000]}):
        path = f"/drafts/{key}/corrections"
        refused = ask(browsing, DRAFTER, "POST", path, {"version": version, **body})
        assert refused.status_code == 422, refused.text
    assert of(browsing, key)["version"] == version
    dropped(browsing, key)


def test_pages_of_drafts_are_whole_and_without_repeats(browsing: Browsing) -> None:
    made = {begun(browsing) for _ in range(3)}
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = ask(browsing, DRAFTER, "GET", f"/drafts?limit=2{after}").json()
        seen += [one["id"] for one in page["items"]]
        after = page["next"] and f"&after={page['next']}"
    assert made <= set(seen)
    assert len(seen) == len(set(seen))
    for key in made:
        dropped(browsing, key)
    unknown = ask(browsing, DRAFTER, "DELETE", f"/drafts/{uuid.uuid4()}")
    assert unknown.status_code == 404
