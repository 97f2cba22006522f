"""A drafter takes a draft back at the portal or by a program; the reviewers read why."""

from sqlalchemy import select

from actions.drafting import submit
from actions.reviewing import pass_step
from models.audit import AuditEvent
from models.base import DirectiveId
from models.lifecycle import ReviewStep
from models.officer import Scope
from tests.portal.browsing import Browsing, words_of
from tests.portal.programs import ask, new_key
from tests.portal.seeded import PEOPLE
from tests.portal.test_decisions import EVERYBODY

WHY = "Sai số liệu ở mục II <b>."


def takes_back(browsing: Browsing, key: DirectiveId, reason: str = WHY) -> None:
    browsing.sign_in(PEOPLE.drafter)
    assert browsing.decide(key, "take_back", reason=reason).status_code == 303


def test_only_the_drafter_is_offered_to_take_back_and_only_while_it_is_checked(
    browsing: Browsing,
) -> None:
    key = browsing.seeded.submitted("Chỉ người soạn rút lại")
    for officer in (*EVERYBODY, "ho-sy-nam", "truong-my-linh"):
        if officer == PEOPLE.drafter:
            continue
        browsing.sign_in(officer)
        assert "quyet-dinh/take_back" not in browsing.get(f"/van-ban/{key}").text
        refused = browsing.decide(key, "take_back", reason=WHY)
        assert refused.status_code == 403
        assert "không có quyền rút lại dự thảo" in words_of(refused)
    assert browsing.state(key) == "in_review"
    browsing.sign_in(PEOPLE.drafter)
    assert "quyet-dinh/take_back" in browsing.get(f"/van-ban/{key}").text
    for other in (browsing.seeded.start(), browsing.seeded.approved()):
        assert "quyet-dinh/take_back" not in browsing.get(f"/van-ban/{other}").text


def test_a_draft_that_is_taken_back_says_so_to_everybody(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Rút lại để sửa số liệu")
    takes_back(browsing, key)
    page = browsing.get(f"/van-ban/{key}")
    said = words_of(page)
    assert "đã được người soạn rút lại Người soạn đã rút lại để sửa; chờ Nguyễn Minh An" in said
    assert "Sai số liệu ở mục II &lt;b&gt;." in page.text
    assert "trả lại người soạn" not in said.lower()
    assert f'action="/van-ban/{key}/sua"' in page.text
    assert "Lý do rút lại: Sai số liệu" in said
    work = words_of(browsing.get("/viec-cua-toi"))
    assert "Dự thảo đã rút lại, chờ sửa. Lý do rút lại: Sai số liệu" in work
    for reviewer in (PEOPLE.content_reviewer, PEOPLE.form_reviewer):
        browsing.sign_in(reviewer)
        assert "Rút lại để sửa số liệu" not in browsing.get("/viec-cua-toi").text
        told = browsing.get("/thong-bao?loc=moi")
        assert "Người soạn đã rút lại dự thảo để sửa." in words_of(told)
        assert "Lý do: Sai số liệu ở mục II &lt;b&gt;." in told.text
        history = words_of(browsing.get(f"/van-ban/{key}"))
        assert "Rút lại để sửa Nguyễn Minh An" in history


def test_taken_back_it_may_come_again_as_it_was_until_it_is_changed(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Rút lại rồi trình lại nguyên")
    assert "Trình lại, không sửa" not in browsing.get(f"/van-ban/{key}").text
    takes_back(browsing, key)
    assert "Trình lại, không sửa" in browsing.get(f"/van-ban/{key}").text
    opened = browsing.post(f"/van-ban/{key}/sua")
    draft = browsing.get(opened.headers["location"])
    assert "Lý do rút lại." in words_of(draft)
    assert "sửa thành bản 2" in words_of(browsing.get("/soan"))
    assert browsing.decide(key, "submit").status_code == 303
    assert browsing.state(key) == "in_review"


def test_without_a_reason_nothing_is_taken_back_and_what_is_wrong_is_said(
    browsing: Browsing,
) -> None:
    key = browsing.seeded.submitted("Rút lại không nêu lý do")
    browsing.sign_in(PEOPLE.drafter)
    empty = browsing.decide(key, "take_back", reason="  ")
    assert empty.status_code == 422
    assert "Rút lại phải có lý do" in words_of(empty)
    assert browsing.state(key) == "in_review"


def test_who_is_late_on_either_side_is_told_who_was_quicker_and_keeps_the_words(
    browsing: Browsing,
) -> None:
    key = browsing.seeded.submitted("Hai người cùng lúc")
    takes_back(browsing, key)
    browsing.sign_in(PEOPLE.content_reviewer)
    late = browsing.decide(key, "return", reason="Số liệu chưa khớp.")
    assert late.status_code == 409
    assert "đã được Nguyễn Minh An, Chuyên viên" in words_of(late)
    assert "rút lại để sửa lúc" in words_of(late)
    assert "Số liệu chưa khớp." in words_of(late)
    other = browsing.seeded.approved()
    browsing.sign_in(PEOPLE.drafter)
    late = browsing.decide(other, "take_back", reason="Lý do đã gõ")
    assert late.status_code == 409
    assert "phê duyệt lúc" in words_of(late)
    assert "Lý do đã gõ" in words_of(late)
    assert browsing.state(other) == "approved"


def test_a_program_of_the_drafter_takes_back_once_for_a_key(browsing: Browsing) -> None:
    key, once = browsing.seeded.submitted("Chương trình rút lại"), new_key()
    path, body = f"/directives/{key}/take-back", {"revision": 1, "reason": "Sai số liệu"}
    refused = ask(browsing, PEOPLE.content_reviewer, "POST", path, body)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_authorised")
    assert ask(browsing, PEOPLE.drafter, "POST", path, {"revision": 1}).status_code == 422
    stale = ask(browsing, PEOPLE.drafter, "POST", path, {**body, "revision": 2})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    unable = ask(browsing, PEOPLE.drafter, "POST", path, body, scopes=[Scope.READ])
    assert unable.status_code == 403
    for _ in range(2):
        done = ask(browsing, PEOPLE.drafter, "POST", path, body, key=once)
        assert [one["deed"] for one in done.json()["deeds"]] == ["take_back"]
    whole = ask(browsing, PEOPLE.drafter, "GET", f"/directives/{key}").json()
    assert (whole["state"], whole["return_reason"]) == ("returned", "Sai số liệu")
    assert (whole["taken_back_revision"], whole["next_steps"][0]["deed"]) == (1, "revise")
    looked = {"revision": 1}
    late = ask(browsing, PEOPLE.form_reviewer, "POST", f"/directives/{key}/check-form", looked)
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    assert "Văn bản đã được người soạn rút lại" in late.json()["detail"]
    notices = ask(browsing, PEOPLE.form_reviewer, "GET", "/notices?only_new=true").json()["items"]
    (told,) = [one for one in notices if one["directive_id"] == str(key)]
    assert (told["kind"], told["reason"]) == ("taken_back", "Sai số liệu")


def test_each_refusal_is_in_the_journal(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Ghi cả lần bị từ chối")
    browsing.sign_in(PEOPLE.signatory)
    browsing.decide(key, "take_back", reason=WHY)
    with browsing.seeded.office.database.reading() as session:
        told = select(AuditEvent.deed, AuditEvent.outcome).where(
            AuditEvent.subject_id == str(key), AuditEvent.actor_id == PEOPLE.signatory
        )
        assert list(map(tuple, session.execute(told))) == [("take_back", "refused")]
    entries = words_of(browsing.get(f"/van-ban/{key}"))
    assert "Bị từ chối: rút lại để sửa" in entries


def test_what_was_passed_shows_as_passed_when_the_same_comes_again(browsing: Browsing) -> None:
    seeded = browsing.seeded
    key = seeded.submitted("Giữ bước đã đạt")
    reviewer = seeded.actor(PEOPLE.content_reviewer)
    pass_step(seeded.office.desk, reviewer, key, ReviewStep.CONTENT, revision=1)
    takes_back(browsing, key)
    submit(seeded.office.desk, seeded.actor(PEOPLE.drafter), key)
    browsing.sign_in(PEOPLE.content_reviewer)
    page = browsing.get(f"/van-ban/{key}")
    assert "Chờ Phạm Thu Hà kiểm tra thể thức." in words_of(page)
    assert "quyet-dinh/check_content" not in page.text
