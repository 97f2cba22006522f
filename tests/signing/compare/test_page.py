"""What the page of a comparison says."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from signing.change_words import CHANGE_WORDS, ENGLISH, say_change
from signing.compare.page import NO_REVISION, WHOLE_FILE, Section, say_comparison, say_page, to_page
from signing.compare.shapes import Comparison, PageDifference, WordChange
from signing.judge.changes.shapes import Kind
from signing.outcome import ChangeReport, SignatureReport, VerificationReport
from signing.words import finding

CHANGED = PageDifference(kind="changed", before=2, after=3, words=(WordChange("<b>", "&"),))
GOOD = SignatureReport(field="<i>", kind="signature", signer="A & B")
UNSURE = SignatureReport(
    field="Ô", kind="signature", findings=(finding("issuer_unknown", issuer="CA"),),
    changes=(ChangeReport(kind="signature_added", detail="Ô 2", allowed=True),),
)  # fmt: skip
BAD = SignatureReport(
    field="Ô", kind="signature", findings=(finding("changed_after_signing", detail="x"),)
)


def section(signature: SignatureReport, comparison: Comparison | None, pdf: str = "a") -> Section:
    return Section(number=1, signature=signature, pdf=pdf, comparison=comparison)


def compared(*pages: PageDifference, count: int = 3) -> Comparison:
    return Comparison(pages_before=count, pages_after=count, compared=200, differences=pages)


@pytest.mark.parametrize(
    ("comparison", "words"),
    [
        (compared(), "Cả 3 trang trông giống hệt bản khi ký."),
        (compared(count=1), "Trang duy nhất trông giống hệt bản khi ký."),
        (compared(CHANGED), "1 trang khác với bản khi ký."),
        (
            compared(count=500),
            (
                "Các trang đã so sánh trông giống hệt bản khi ký. "
                "Chỉ so sánh 200 trang đầu trong số 500 trang."
            ),
        ),
        (
            Comparison(fault=finding("time_limit", seconds=60)),
            "Không so sánh được: Kiểm tra vượt quá thời gian cho phép (60 giây).",
        ),
    ],
)
def test_the_outcome_is_one_sentence(comparison: Comparison, words: str) -> None:
    assert say_comparison(comparison) == words


def test_a_difference_that_the_signature_allows_is_not_shown_as_a_fault() -> None:
    allowed, forbidden = section(GOOD, compared(CHANGED)), section(BAD, compared(CHANGED))
    assert (allowed.tone, forbidden.tone) == ("allowed", "differs")
    assert "cho phép" in allowed.said
    assert "cho phép" not in forbidden.said


def test_what_is_allowed_is_no_fault_where_only_the_issuer_is_unknown() -> None:
    unsure = section(UNSURE, compared(CHANGED))
    assert unsure.tone == "allowed"
    assert "cho phép" in unsure.said
    forbidden = replace(UNSURE, changes=(replace(UNSURE.changes[0], allowed=False),))
    assert section(forbidden, compared(CHANGED)).tone == "differs"
    assert section(replace(UNSURE, changes=()), compared(CHANGED)).tone == "differs"


def test_what_was_not_seen_is_never_shown_as_the_same() -> None:
    assert section(GOOD, compared()).tone == "same"
    assert section(GOOD, None).said == WHOLE_FILE
    for one in (
        section(GOOD, None, pdf=""),
        section(GOOD, Comparison(fault=finding("resource_limit"))),
        section(GOOD, compared(count=500)),
    ):
        assert one.tone != "same"
    assert section(GOOD, None, pdf="").said == NO_REVISION


def test_pages_are_named_as_they_were_and_as_they_are() -> None:
    added = PageDifference(kind="added", before=None, after=2)
    removed = PageDifference(kind="removed", before=2, after=None)
    same = PageDifference(kind="changed", before=2, after=2)
    assert [say_page(one) for one in (added, removed, same, CHANGED)] == [
        "Trang 2 được thêm sau khi ký",
        "Trang 2 của bản khi ký không còn",
        "Trang 2 đã thay đổi",
        "Trang 2 của bản khi ký, nay là trang 3, đã thay đổi",
    ]


def test_nothing_of_a_stranger_becomes_markup_and_nothing_is_fetched() -> None:
    report = VerificationReport(
        name="x", sha256_hex="", size_bytes=1, policy_name="integrity", policy_version="1",
        at=datetime(2026, 1, 1, tzinfo=UTC), signatures=(GOOD,),
    )  # fmt: skip
    one = Section(
        number=1, signature=GOOD, pdf="a.pdf", comparison=compared(CHANGED), pictures=("p.png",)
    )
    page = to_page("<script>", report, (one,))
    assert "&lt;script&gt;" in page
    assert "&lt;i&gt; – A &amp; B" in page
    assert "<bdi>&lt;b&gt;</bdi>" in page
    for markup in ("<script", "<i>", "<b>", "http:", "https:"):
        assert markup not in page


def test_every_kind_of_change_has_words_in_both_languages() -> None:
    assert set(CHANGE_WORDS) == {kind.value for kind in Kind}
    change = ChangeReport(
        kind="value_changed", detail="Số", old="1", new="2", page=3, allowed=False
    )
    assert say_change(change) == (
        "đổi giá trị ô nhập Số: từ “1” thành “2”, trang 3 (chữ ký này không cho phép)"
    )
    assert say_change(change, ENGLISH) == (
        "value of field Số changed: from “1” to “2”, page 3 (not allowed by this signature)"
    )
    assert say_change(ChangeReport(kind="new_kind", detail="x")) == "thay đổi khác (x)"
