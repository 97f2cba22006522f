"""Open pages ask whether what they show has changed; nobody's text is taken away by it."""

from html import unescape

from sqlalchemy import event

from tests.portal.browsing import Browsing, live_of
from tests.portal.seeded import PEOPLE


def test_a_page_learns_that_its_directive_was_decided_elsewhere(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Văn bản đang mở ở hai nơi")
    browsing.sign_in(PEOPLE.content_reviewer)
    address, mark = live_of(browsing.get(f"/van-ban/{key}").text)
    assert browsing.get(f"{address}&dau={mark}").status_code == 204
    browsing.decide(key, "check_content")
    told = browsing.get(f"{address}&dau={mark}").json()
    assert told["changed"]
    assert "kiểm tra" in told["words"].lower()
    # The old page decides nothing, and what was typed in it is still there.
    old = browsing.decide(key, "return", reason="Câu đã viết trong trang cũ", revision="1")
    assert old.status_code in {403, 409}


def test_what_others_did_elsewhere_does_not_make_a_page_old(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Văn bản không ai động đến")
    browsing.sign_in(PEOPLE.content_reviewer)
    address, mark = live_of(browsing.get(f"/van-ban/{key}").text)
    browsing.seeded.start("Một văn bản khác")
    told = browsing.get(f"{address}&dau={mark}").json()
    assert not told["changed"]
    assert told["mark"] != mark
    assert browsing.get(f"{address}&dau={told['mark']}").status_code == 204


def test_the_list_of_work_and_the_grid_of_dispatch_say_how_they_stand(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.content_reviewer)
    address, mark = live_of(browsing.get("/viec-cua-toi").text)
    browsing.seeded.submitted("Việc vừa tới")
    told = browsing.get(f"{address}&dau={mark}").json()
    assert told["changed"]
    assert "việc đang chờ" in told["words"]
    issued = browsing.seeded.by_state["issued"]
    for path in (f"/phat-hanh/{issued}", f"/theo-doi/{issued}"):
        address, mark = live_of(browsing.get(path).text)
        assert browsing.get(f"{address}&dau=0-x").json()["changed"]
        assert browsing.get(f"{address}&dau={mark}").status_code == 204


def test_a_question_about_an_office_at_rest_costs_no_look_at_the_page(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.clerk)
    address, mark = live_of(browsing.get("/viec-cua-toi").text)
    asked: list[str] = []
    engine = browsing.seeded.office.database.engine

    def keep(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", keep)
    try:
        assert browsing.get(f"{address}&dau={mark}").status_code == 204
    finally:
        event.remove(engine, "before_cursor_execute", keep)
    assert not [one for one in asked if "FROM directive" in one or "FROM obligation" in one]
    assert len(asked) <= 9, "\n".join(asked)


def test_strange_questions_are_answered_calmly(browsing: Browsing) -> None:
    assert browsing.get("/song").status_code == 303
    browsing.sign_in(PEOPLE.clerk)
    assert browsing.get("/song?trang=lung-tung").status_code == 422
    assert browsing.get("/song?trang=van-ban&ma=khong").status_code == 422
    assert browsing.get("/song?dau=" + "9" * 200).status_code == 422
    for mark in ("-", "x-y", "\u0661-a", "9" * 40 + "-a"):
        assert browsing.get(f"/song?dau={mark}").json()["changed"]
    missing = "/song?trang=lan-ky&ma=00000000-0000-4000-8000-000000000000"
    assert browsing.get(missing).status_code == 404


def test_a_refused_form_stays_as_it_is(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Văn bản bị trả lại không có lý do")
    browsing.sign_in(PEOPLE.content_reviewer)
    page = browsing.decide(key, "return", reason="  ")
    assert page.status_code == 422
    assert "data-live=" not in unescape(page.text)


def test_a_deed_that_is_not_the_readers_does_not_have_their_list_read_again(
    browsing: Browsing,
) -> None:
    browsing.sign_in(PEOPLE.content_reviewer)
    address, mark = live_of(browsing.get("/viec-cua-toi").text)
    browsing.seeded.start("Chỉ người soạn thảo có việc")
    asked: list[str] = []
    engine = browsing.seeded.office.database.engine

    def keep(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", keep)
    try:
        told = browsing.get(f"{address}&dau={mark}").json()
    finally:
        event.remove(engine, "before_cursor_execute", keep)
    assert (told["changed"], told["mark"] == mark) == (False, False)
    assert not [one for one in asked if "FROM directive" in one or "FROM obligation" in one]
    # One that is theirs is seen with the mark of the answer before.
    browsing.seeded.submitted("Việc của người kiểm tra")
    assert browsing.get(f"{address}&dau={told['mark']}").json()["changed"]
