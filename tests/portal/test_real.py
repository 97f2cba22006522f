"""Whether a paper is real: told to whoever holds it, and to nobody who tries numbers."""

import hashlib
from collections.abc import Iterator

import pytest
from httpx import Response
from sqlalchemy import update

from actions.amending.recalling import recall
from actions.public_codes import _check, new_code, shown_code
from models.base import DirectiveId
from models.organisation import Office
from portal.i18n.writing import day
from tests.portal.browsing import Browsing, token_in, words_of
from tests.portal.seeded import Seeded
from wiring.demo_draft import PEOPLE

SUBJECT = "Trích yếu không ai ngoài nơi nhận được biết"


@pytest.fixture(scope="session")
def paper(seeded: Seeded) -> DirectiveId:
    return seeded.issued(SUBJECT)


@pytest.fixture(autouse=True)
def unhurried(browsing: Browsing) -> None:
    portal = browsing.portal
    for limit in (portal.code_looks, portal.wrong_papers, portal.number_looks,
                  portal.all_number_looks):  # fmt: skip
        limit._left.clear()


@pytest.fixture
def office(seeded: Seeded) -> Iterator[None]:
    yield
    settings = {"code_shows_subject": False, "found_by_number": True}
    with seeded.office.database.writing() as session:
        session.execute(update(Office).values(**settings))


def code_of(seeded: Seeded, key: DirectiveId) -> str:
    code = seeded.directive(key).public_code
    assert code is not None
    return code


def dated(seeded: Seeded, key: DirectiveId) -> str:
    day_of_issue = seeded.directive(key).issue_date
    assert day_of_issue is not None
    return day_of_issue.isoformat()


def asked(browsing: Browsing, number: str, day: str) -> Response:
    token = token_in(browsing.get("/that"))
    answer: Response = browsing.client.post(
        "/that", data={"so": number, "ngay": day, "csrf": token}
    )
    return answer


def compared(browsing: Browsing, path: str, **sent: object) -> str:
    token = token_in(browsing.get(path))
    answer = browsing.client.post(path, data={"csrf": token, **sent.pop("data", {})}, **sent)  # type: ignore[dict-item]
    return words_of(answer)


def test_the_code_tells_what_stands_on_the_paper_and_nothing_confidential(
    browsing: Browsing, seeded: Seeded, paper: DirectiveId
) -> None:
    code, directive = code_of(seeded, paper), seeded.directive(paper)
    page = browsing.get(f"/that/{code}")
    said = words_of(page)
    assert page.status_code == 200
    for words in (
        f"Hướng dẫn số {directive.number_text} ngày {day(directive.issue_date)}",
        "Ban Tuyên giáo Tỉnh ủy Lâm Đồng",
        "Còn hiệu lực", "Người ký", "Trần Trung Hiếu", "Đóng dấu", shown_code(code),
    ):  # fmt: skip
        assert words in said, words
    assert SUBJECT not in page.text
    assert "Sở" not in said.replace("cơ sở", "")
    assert str(paper) not in page.text


def test_a_code_is_typed_with_its_dash_in_any_capitals(
    browsing: Browsing, seeded: Seeded, paper: DirectiveId
) -> None:
    code = code_of(seeded, paper)
    answer = browsing.get(f"/that?ma={shown_code(code).lower()}")
    assert answer.headers["location"] == f"/that/{code}"
    wrong = browsing.get("/that?ma=7K2PQ-9MXRO")
    assert wrong.status_code == 422
    assert "gõ chưa đúng" in words_of(wrong)
    assert "7K2PQ-9MXRO" in wrong.text


@pytest.mark.usefixtures("still")
def test_the_office_may_show_the_subject(
    browsing: Browsing, seeded: Seeded, paper: DirectiveId, office: None
) -> None:
    del office
    with seeded.office.database.writing() as session:
        session.execute(update(Office).values(code_shows_subject=True))
    assert SUBJECT in browsing.get(f"/that/{code_of(seeded, paper)}").text


@pytest.mark.usefixtures("still")
def test_what_was_not_issued_answers_like_a_code_that_nobody_bears(
    browsing: Browsing, seeded: Seeded, paper: DirectiveId
) -> None:
    waiting = code_of(seeded, seeded.sealed("Đã đóng dấu, chưa phát hành"))
    near = code_of(seeded, paper)[:-3] + "22"
    near += _check(near)
    answers = [browsing.get(f"/that/{code}") for code in (waiting, near, new_code())]
    assert [one.status_code for one in answers] == [404] * 3
    codes = (waiting, near)
    said = {
        words_of(one).replace(shown_code(code), "")
        for one, code in zip(answers, codes, strict=False)
    }
    assert len(said) == 1
    assert "Không có văn bản nào đã phát hành mang mã này" in said.pop()


@pytest.mark.usefixtures("still")
def test_codes_cannot_be_tried_out_from_one_address_or_from_many(
    browsing: Browsing, seeded: Seeded, paper: DirectiveId
) -> None:
    statuses = [browsing.get(f"/that/{new_code()}").status_code for _ in range(40)]
    assert statuses[:25] == [404] * 25
    assert statuses[-1] == 429
    browsing.portal.code_looks._left.clear()
    answer = browsing.get("/that")
    for _ in range(300):  # as if each came from elsewhere
        browsing.portal.code_looks._left.clear()
        answer = browsing.get(f"/that/{new_code()}")
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    browsing.portal.code_looks._left.clear()
    assert browsing.get(f"/that/{code_of(seeded, paper)}").status_code == 200


@pytest.mark.usefixtures("still")
def test_number_and_day_find_a_paper_seldom_enough_not_to_be_tried_out(
    browsing: Browsing, seeded: Seeded, paper: DirectiveId
) -> None:
    number, on = seeded.directive(paper).number_text or "", dated(seeded, paper)
    assert "Còn hiệu lực" in words_of(asked(browsing, f" số {number.lower()} ", on))
    other_day = asked(browsing, number, "2022-09-19")
    assert other_day.status_code == 404
    assert "Không tìm thấy" in words_of(other_day)
    assert number in other_day.text  # what was typed is kept
    assert asked(browsing, number, "hôm qua").status_code == 422
    statuses = [asked(browsing, f"{at}-HD/BTGTU", on).status_code for at in range(8)]
    assert statuses[-1] == 429


def test_an_office_may_let_nobody_look_by_number(
    browsing: Browsing, seeded: Seeded, paper: DirectiveId, office: None
) -> None:
    del office
    with seeded.office.database.writing() as session:
        session.execute(update(Office).values(found_by_number=False))
    number = seeded.directive(paper).number_text or ""
    assert asked(browsing, number, dated(seeded, paper)).status_code == 404


def test_a_file_is_compared_with_what_was_issued(
    browsing: Browsing, seeded: Seeded, paper: DirectiveId
) -> None:
    path, pdf = f"/that/{code_of(seeded, paper)}", seeded.pdf(paper)
    good, bad = "Đúng là bản đã phát hành", "Tệp này không phải bản đã phát hành"
    assert good in compared(browsing, path, files={"file": ("96.pdf", pdf)})
    assert bad in compared(browsing, path, files={"file": ("96.pdf", pdf + b"\n")})
    form = {"x": (None, "")}
    digest = hashlib.sha256(pdf).hexdigest()
    assert good in compared(browsing, path, data={"sha256": digest}, files=form)
    assert bad in compared(browsing, path, data={"sha256": "0" * 64}, files=form)
    assert "Chưa nhận được tệp nào" in compared(browsing, path, data={"sha256": "x"}, files=form)
    other = seeded.directive(paper).signed_sha256 or ""
    assert bad in compared(browsing, path, data={"sha256": other}, files=form)


def test_a_comparison_from_elsewhere_is_refused(
    browsing: Browsing, seeded: Seeded, paper: DirectiveId
) -> None:
    path = f"/that/{code_of(seeded, paper)}"
    browsing.get(path)
    answer = browsing.client.post(path, data={"csrf": "sai"}, files={"file": ("x", b"x")})
    assert answer.status_code == 403


def test_a_recalled_paper_says_so_without_the_reason(browsing: Browsing, seeded: Seeded) -> None:
    key = seeded.issued("Sẽ thu hồi")
    reason = "Lý do chỉ nơi nhận được biết"
    recall(seeded.office.desk, seeded.actor(PEOPLE.signatory), key, reason=reason)
    page = browsing.get(f"/that/{code_of(seeded, key)}")
    assert "Đã bị thu hồi ngày" in words_of(page)
    assert reason not in page.text
