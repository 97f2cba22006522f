"""Both languages say the same: every code, the same named places, nothing left untranslated."""

import ast
import re
import string
from pathlib import Path

import pytest

from signing.language import Language
from signing.outcome import SignatureReport, sentence
from signing.saying import say_day, say_finding, say_place, say_time
from signing.transport import dump_report, load_report
from signing.verdict import Finding, Severity, Verdict
from signing.words import ADVICE, RULES, finding
from signing.words_en import ADVICE as ENGLISH_ADVICE
from signing.words_en import DETAILS, SENTENCES
from tests.signing.report.made import AT, report

ROOT = Path(__file__).resolve().parents[3]
VIETNAMESE = re.compile(
    "[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
)


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_both_languages_have_every_code_and_every_advice() -> None:
    assert set(SENTENCES) - {"path_unreadable"} == set(RULES)
    assert set(ENGLISH_ADVICE) == set(ADVICE)


def test_the_sentences_have_the_same_places() -> None:
    for code, rule in RULES.items():
        assert places(SENTENCES[code]) == places(rule.template), code


def test_every_sentence_ends() -> None:
    for code, rule in RULES.items():
        assert rule.template.endswith("."), code
        assert SENTENCES[code].endswith("."), code


def test_no_english_sentence_holds_a_vietnamese_word() -> None:
    for said in (*SENTENCES.values(), *ENGLISH_ADVICE.values(), *DETAILS.values()):
        assert not VIETNAMESE.search(said), said


def spoken(path: Path) -> set[str]:
    """The Vietnamese texts of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {one.value for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    return {
        one.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one not in silent
        if VIETNAMESE.search(one.value)
    }


def test_every_detail_that_the_judge_says_in_words_has_its_english() -> None:
    known = {re.sub(r" ?{\w+} ?", "", one) for one in DETAILS} | set(DETAILS)
    modules = [*ROOT.glob("signing/judge/**/*.py"), *ROOT.glob("signing/library/**/*.py")]
    assert len(modules) > 10
    left = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in modules
        for text in spoken(path)
        if text.strip() not in known
    }
    assert left == set()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            finding("certificate_revoked", day="3/2/2021"),
            "The certificate was revoked on 3 February 2021, before the time of signing.",
        ),
        (
            finding("time_proven", time="13:54:00 ngày 21/9/2022"),
            "The time of signing is proven by a time stamp: 13:54:00 on 21 September 2022.",
        ),
        (
            finding("changed_after_signing", detail="ô Số {x} đã bị khoá"),
            "The document was changed after signing (the field Số {x} is locked).",
        ),
        (
            finding("permitted_changes", detail="thêm chữ ký hoặc dấu tại A, B"),
            SENTENCES["permitted_changes"].format(detail="a signature or seal was added at A, B"),
        ),
        (
            finding("changed_after_signing", detail="đổi biểu mẫu, thêm hoặc đổi mã lệnh"),
            SENTENCES["changed_after_signing"].format(
                detail="the form was changed, a script was added or changed"
            ),
        ),
        (finding("registered", name="Đỗ Ân"), "The certificate is registered to Đỗ Ân."),
    ],
    ids=lambda one: one.code if isinstance(one, Finding) else "",
)
def test_a_finding_is_said_in_english_with_its_days_and_details(made: Finding, said: str) -> None:
    assert say_finding(made, Language.EN) == said
    assert say_finding(made, Language.VI) == made.message


def test_what_no_english_is_known_for_is_not_left_out() -> None:
    strange = Finding(
        code="of_tomorrow", severity=Severity.ERROR, effect=Verdict.FAILED, message="Một lỗi mới."
    )
    old = Finding(
        code="too_large", severity=Severity.ERROR, effect=Verdict.UNREADABLE, message="Quá lớn."
    )
    assert say_finding(strange, Language.EN) == "Một lỗi mới."
    assert say_finding(old, Language.EN) == "Quá lớn."


@pytest.mark.parametrize("odd", ["45/45/2022", "0/0/0000", "13:54:00 ngày", "", "{}", "{name}"])
def test_what_only_looks_like_a_day_stays_as_it_is(odd: str) -> None:
    assert say_place(odd) == odd


def test_details_hold_days_and_are_joined_but_only_where_every_part_is_known() -> None:
    assert say_place("từ ngày 1/2/2020 đến ngày 3/4/2022") == "from 1 February 2020 to 3 April 2022"
    assert say_place("đến ngày 3/4/2022") == "until 3 April 2022"
    assert say_place("đổi biểu mẫu, ô của tôi") == "đổi biểu mẫu, ô của tôi"


def test_an_instant_and_a_day_in_both_languages() -> None:
    assert say_time(AT, Language.VI) == "10:00:00 ngày 25/11/2026"
    assert say_time(AT, Language.EN) == "10:00:00 on 25 November 2026"
    assert say_day(AT, Language.VI) == "25/11/2026"
    assert say_day(AT, Language.EN) == "25 November 2026"


def test_one_sentence_answers_whether_to_rely_on_it_and_what_to_do() -> None:
    cases = {
        "unsigned": "This file has no digital signature.",
        "not_pdf": "This file cannot be read: the file is not a PDF.",
        "hybrid_differs": "The signature is not valid: the file has two lookup tables that give "
        "two different contents. Do not use this copy; ask the sender to send it again.",
        "saved_anew": "The signature is not valid: the document was changed after signing. "
        "Do not use this copy; ask the sender to send it again.",
        "trailing_bytes": "No conclusion about the signature is possible yet. There is unknown "
        "data after the end of the file's last part. What to do: ask the sender for the "
        "original again.",
    }
    for code, said in cases.items():
        assert sentence(report(finding(code)), Language.EN) == said
        assert VIETNAMESE.search(sentence(report(finding(code))))


def test_the_reason_named_is_one_for_which_people_know_what_to_do() -> None:
    both = report(
        finding("timestamp_untrusted", detail="x"), finding("issuer_unknown", issuer="CA Một")
    )
    assert sentence(both) == (
        "Chưa thể kết luận về chữ ký. Chưa có chứng thư gốc tin cậy cho cơ quan cấp CA Một. "
        f"Việc cần làm: {ADVICE['issuer_unknown']}."
    )


def test_who_signed_is_named_in_the_sentence_of_a_good_file() -> None:
    officer = SignatureReport(field="A", kind="signature", signer="Đỗ Ân", organisation="Sở X")
    seal = SignatureReport(field="B", kind="signature", signer="SỞ X", organisation="Sở X")
    stamp = SignatureReport(field="C", kind="timestamp", signer="TSA")
    good = report(signatures=(officer, seal, stamp))
    assert sentence(good, Language.EN) == (
        "The signature is valid. The document is unchanged since it was signed. "
        "Signed by: Đỗ Ân (Sở X); SỞ X."
    )
    assert sentence(good).endswith("Người ký: Đỗ Ân (Sở X); SỞ X.")


def test_the_places_survive_their_way_out_of_the_sandbox() -> None:
    whole = report(finding("too_large", limit_mb=50))
    assert load_report(dump_report(whole)) == whole
    assert whole.findings[0].places == (("limit_mb", "50"),)


@pytest.mark.parametrize(
    "bad", ['[["a", 1]]', '[["a"]]', '["ab", 3]', "null", '[["\\ud800", "x"]]']
)
def test_places_of_another_shape_are_no_report(bad: str) -> None:
    text = dump_report(report(finding("too_large", limit_mb=50)))
    assert '[["limit_mb", "50"]]' in text
    with pytest.raises(ValueError):  # noqa: PT011 (that is the contract)
        load_report(text.replace('[["limit_mb", "50"]]', bad))
