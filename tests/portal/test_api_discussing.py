"""What is said of a draft, by programs: remarks on its words, opinions asked and given."""

import uuid
from typing import Any

from tests.portal.browsing import Browsing
from tests.portal.programs import ask, new_key
from tests.portal.seeded import PEOPLE

STRANGER, UNIT = "cao-duc-thanh", "tinh-uy-lam-dong"


def deeds(browsing: Browsing, who: str, path: str, body: Any = None) -> list[str]:  # noqa: ANN401 (JSON)
    answer = ask(browsing, who, "POST", path, body, key=new_key())
    assert answer.status_code == 200, answer.text
    return [one["deed"] for one in answer.json()["deeds"]]


def test_a_remark_is_made_answered_done_and_taken_up_again(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Góp ý bằng chương trình")
    path = f"/directives/{key}/remarks"
    text = ask(browsing, PEOPLE.content_reviewer, "GET", path).json()
    assert text["is_open"]
    point = next(one for one in text["points"] if one["kind"] == "paragraph")
    body = {"revision": 1, "place": point["place"], "text": "Ghi rõ căn cứ."}
    assert deeds(browsing, PEOPLE.content_reviewer, path, body) == ["comment"]
    made = ask(browsing, PEOPLE.drafter, "GET", path).json()["items"][0]
    assert (made["text"], made["place"], made["done_at"]) == (
        "Ghi rõ căn cứ.", point["place"], None,
    )  # fmt: skip
    one = f"{path}/{made['id']}"
    said = {"text": "Đã bổ sung."}
    assert deeds(browsing, PEOPLE.drafter, f"{one}/answer", said) == ["answer_comment"]
    assert deeds(browsing, PEOPLE.drafter, f"{one}/finish")
    again = ask(browsing, PEOPLE.drafter, "POST", f"{one}/finish")
    assert again.status_code == 409
    assert deeds(browsing, PEOPLE.content_reviewer, f"{one}/reopen")
    told = ask(browsing, PEOPLE.drafter, "GET", path).json()["items"][0]
    assert [one["text"] for one in told["answers"]] == ["Đã bổ sung."]
    for wrong in ({"place": "mục XX"}, {"text": ""}, {"quote": "không có trong văn bản"}):
        refused = ask(browsing, PEOPLE.drafter, "POST", path, {**body, **wrong})
        assert refused.status_code == 422, refused.text
    other = browsing.seeded.submitted("Văn bản khác")
    for elsewhere in (f"/directives/{other}/remarks/{made['id']}", f"{path}/{uuid.uuid4()}"):
        assert ask(browsing, PEOPLE.drafter, "POST", f"{elsewhere}/finish").status_code == 404


def test_an_opinion_is_asked_given_written_down_and_taken_back(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Xin ý kiến bằng chương trình")
    path = f"/directives/{key}/opinions"
    due = browsing.portal.today().isoformat()
    body = {"officers": [STRANGER, "ho-sy-nam"], "organisations": [UNIT], "due": due}
    refused = ask(browsing, STRANGER, "POST", path, body)
    assert refused.status_code == 403
    assert deeds(browsing, PEOPLE.drafter, path, body) == ["ask_opinions"]
    asked = ask(browsing, STRANGER, "GET", path).json()["items"]
    assert len(asked) == 3
    mine = next(one for one in asked if one["is_mine"])
    unit = next(one for one in asked if one["is_unit"])
    third = next(one for one in asked if one not in (mine, unit))
    give = f"{path}/{mine['id']}/give"
    for wrong in ({"answer": "disagree"}, {"answer": "perhaps"}, {}):
        assert ask(browsing, STRANGER, "POST", give, wrong).status_code == 422
    assert ask(browsing, PEOPLE.clerk, "POST", give, {"answer": "agree"}).status_code == 403
    assert deeds(browsing, STRANGER, give, {"answer": "agree"}) == ["give_opinion"]
    assert ask(browsing, STRANGER, "POST", give, {"answer": "agree"}).status_code == 409
    paper = {"answer": "with_remarks", "text": "Rút gọn.", "received_as": "Công văn 12/TU"}
    record = f"{path}/{unit['id']}/record"
    assert ask(browsing, PEOPLE.clerk, "POST", record, paper).status_code == 403
    assert deeds(browsing, PEOPLE.drafter, record, paper) == ["record_opinion"]
    assert deeds(browsing, PEOPLE.drafter, f"{path}/{third['id']}/withdraw")
    told = ask(browsing, PEOPLE.drafter, "GET", path).json()["items"]
    assert {one["kind"] for one in told} == {"agree", "with_remarks"}
    elsewhere = f"/directives/{browsing.seeded.start()}/opinions/{mine['id']}/withdraw"
    assert ask(browsing, PEOPLE.drafter, "POST", elsewhere).status_code == 404
