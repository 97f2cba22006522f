"""The table of problems: every error of ours has its place; what is unknown shows nothing."""

import inspect
import logging

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from actions import errors as refusals
from portal import errors, problems
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE


def classes(module: object) -> list[type[Exception]]:
    return [one for _, one in inspect.getmembers(module, inspect.isclass)
            if issubclass(one, Exception)]  # fmt: skip


@pytest.mark.parametrize("kind", [*classes(refusals), *classes(errors)])
def test_every_error_has_a_status(kind: type[Exception]) -> None:
    assert any(base in problems.STATUS for base in kind.__mro__)
    assert kind in problems.STATUS, kind


def test_what_is_unknown_gets_a_reference_and_no_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = "mat-khau-cua-co-so-du-lieu"
    with caplog.at_level(logging.ERROR):
        problem = problems.problem_of(RuntimeError(secret))
    assert problem.status == 500
    assert secret not in problem.sentence
    reference = problem.sentence.rstrip(".").rpartition(" ")[2]
    assert reference in caplog.text


def test_refusals_use_the_form_of_address_of_the_office() -> None:
    from portal.words import addressed  # noqa: PLC0415 (one function under test)

    said = "Bản đồng chí vừa xem đã cũ. Đồng chí tải lại trang."
    assert addressed(said, "ông/bà") == "Bản ông/bà vừa xem đã cũ. Ông/bà tải lại trang."
    assert addressed(said, "đồng chí") == said


def test_a_body_without_a_file_may_not_be_large(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.drafter)
    large = browsing.client.post("/dang-xuat", data={"csrf": "x" * 600_000})
    assert large.status_code == 413

    def endless() -> object:
        for _ in range(20):
            yield b"a" * 65536

    streamed = browsing.client.post(
        "/dang-xuat",
        content=endless(),  # type: ignore[arg-type]  # an iterator of bytes
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert streamed.status_code in {400, 413}


def test_a_wrong_way_is_told_in_vietnamese(browsing: Browsing) -> None:
    assert browsing.client.delete("/viec-cua-toi").status_code == 405
    page = browsing.get("/khong-co-trang-nay")
    assert "Không có trang này." in words_of(page)
    assert "not found" not in page.text.lower()


@pytest.mark.parametrize("kind", list(problems.STATUS))
def test_every_error_of_the_table_says_its_own_sentence(kind: type[Exception]) -> None:
    assert isinstance(getattr(kind, "code", None), str)
    assert callable(getattr(kind, "diagnosis", None))


def test_a_database_that_is_cut_off_is_told_as_such_and_not_as_our_fault() -> None:
    cut = OperationalError("SELECT 1", {}, psycopg.OperationalError("mat-khau"))
    problem = problems.problem_of(cut)
    assert (problem.status, problem.code) == (503, "database_unavailable")
    assert "Mở lại trang" in problem.sentence
    assert "mat-khau" not in problem.sentence
