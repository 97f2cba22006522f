"""The door and the form check: bad content is refused or named, good content passes."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from documents.checks import Severity, check_form, check_text, require_text
from documents.content import (
    DirectiveContent,
    Paragraph,
    RecipientLine,
    RecipientRole,
    Regime,
    Section,
    SignatureBlock,
)
from documents.coverage import RANGES, can_show
from documents.errors import TextRefusedError
from documents.regimes import rules_for
from documents.regimes.rules import NoRuleError
from documents.render import render
from documents.text_checks import secrecy_mark

DAY = date(2022, 9, 21)
GUIDE = DirectiveContent(
    regime=Regime.PARTY,
    doc_type="Hướng dẫn",
    parent_issuer="Tỉnh ủy Lâm Đồng",
    issuer="Ban Tuyên giáo",
    symbol="HD/BTGTU",
    number=96,
    place="Đà Lạt",
    issue_date=DAY,
    title="Tuyên truyền Kế hoạch số 53-KH/TU",
    opening=(Paragraph(text="Thực hiện Kế hoạch số 53-KH/TU, ngày 29/7/2022."),),
    recipients=(
        RecipientLine(raw="Thường trực Tỉnh ủy (báo cáo)", role=RecipientRole.REPORT, group=False),
        RecipientLine(raw="Lưu VPTU", role=RecipientRole.ARCHIVE, group=False),
    ),
    signature=SignatureBlock(
        capacity_lines=("K/T TRƯỞNG BAN",), position="PHÓ TRƯỞNG BAN", name="Trần Trung Hiếu"
    ),
)
PLAN = replace(
    GUIDE,
    regime=Regime.STATE,
    doc_type="Kế hoạch",
    issuer="Ủy ban nhân dân tỉnh Bắc Ninh",
    symbol="KH-UBND",
    opening=(Paragraph(text="Thực hiện Kế hoạch này./."),),
    recipients=(RecipientLine(raw="Lưu: VT", role=RecipientRole.ARCHIVE, group=False),),
    signature=SignatureBlock(
        capacity_lines=("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"), position="PHÓ CHỦ TỊCH", name="A"
    ),
)


def codes(content: DirectiveContent) -> set[str]:
    return {finding.code for finding in check_text(content)}


def form_codes(content: DirectiveContent) -> set[str]:
    return {finding.code for finding in check_form(content, at=DAY)}


def test_good_papers_of_both_forms_pass_the_door_and_the_form_check() -> None:
    for content in (GUIDE, PLAN):
        require_text(content)
        assert check_form(content, at=DAY) == ()


def test_the_seed_and_the_plan_pass_the_door(
    seed: DirectiveContent, plan: DirectiveContent
) -> None:
    require_text(seed)
    require_text(plan)
    assert form_codes(seed) == set()
    assert {finding.code for finding in check_form(plan, at=date(2025, 11, 20))} == {
        "reference_spaced"
    }


@pytest.mark.parametrize(
    "change",
    [
        {"secrecy": "Mật"},
        {"secrecy": "theo quy định riêng"},
        {"title": "TỐI MẬT"},
        {"title": "Tuyên truyền (Tuyệt mật)"},
        {"doc_type": "MẬT"},
        {"issuer": "Độ mật: Mật"},
        {"opening": (Paragraph(text="MẬT"), Paragraph(text="Nội dung"))},
    ],
)
def test_secret_papers_are_refused_with_the_reason(change: dict[str, object]) -> None:
    with pytest.raises(TextRefusedError) as refusal:
        require_text(replace(GUIDE, **change))  # type: ignore[arg-type] # fields by name
    assert "mật" in refusal.value.diagnosis()


@pytest.mark.parametrize(
    "text",
    ["Bảo vệ bí mật nhà nước", "Kế hoạch bảo mật thông tin", "mật độ dân cư", "Cơ mật viện"],
)
def test_papers_about_secrets_are_not_secret(text: str) -> None:
    assert secrecy_mark(text) is None
    assert "secret" not in codes(replace(GUIDE, title=text))


def test_a_paper_without_recipients_is_refused() -> None:
    assert "no_recipients" in codes(replace(GUIDE, recipients=()))
    blank = RecipientLine(raw=" ", role=RecipientRole.UNMARKED, group=False)
    assert "no_recipients" in codes(replace(GUIDE, recipients=(blank,)))


def test_a_character_without_a_shape_is_named_with_its_place() -> None:
    section = Section(
        label="II.",
        title="VIỆC",
        blocks=(Section(label="3.", title="", blocks=(Paragraph(text="Công 漢 漢"),)),),
    )
    found = check_text(replace(GUIDE, sections=(section,)))
    assert [f.code for f in found] == ["unprintable_character"]
    assert found[0].place == "mục II.3, đoạn 1, ký tự thứ 6"
    assert "U+6F22" in found[0].message


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200b", "\u00ad", "\ufeff", "\x01"])
def test_hidden_characters_are_named_by_code_point(character: str) -> None:
    found = check_text(replace(GUIDE, title=f"Tuyên{character}truyền"))
    assert [f.code for f in found] == ["hidden_character"]
    assert f"U+{ord(character):04X}" in found[0].message
    assert found[0].place.startswith("trích yếu")


def test_decomposed_vietnamese_is_accepted() -> None:
    assert codes(replace(GUIDE, title="Tuye\u0302n truye\u0302\u0300n")) == set()


def test_days_that_no_calendar_has_are_named() -> None:
    text = "Báo cáo trước ngày 31/9/2022 và ngày 30 tháng 02 năm 2023; số 1/2/2022."
    found = check_text(replace(GUIDE, opening=(Paragraph(text=text),)))
    assert [f.code for f in found] == ["impossible_date", "impossible_date"]


def test_the_table_of_characters_is_that_of_the_fonts(fonts: Path) -> None:
    for path in fonts.rglob("*.ttf"):
        shown = set(TTFont(path).getBestCmap())
        assert all(code in shown for a, b in RANGES for code in range(a, b + 1))
    vietnamese = "ắằẳẵặấầẩẫậếềểễệốồổỗộớờởỡợứừửữựđĐỲỶỸỴ“”–…№"
    assert all(can_show(character) for character in vietnamese)


def test_whatever_the_door_lets_through_can_be_set(fonts: Path, at: datetime) -> None:
    every = "".join(chr(code) for a, b in RANGES for code in range(a, b + 1))
    pieces = tuple(Paragraph(text=every[n : n + 60]) for n in range(0, len(every), 60))
    content = replace(GUIDE, opening=pieces)
    require_text(content)
    assert render(content, at=at, fonts=fonts).pages > 1


@given(st.text(max_size=60))
def test_the_door_answers_for_any_text(text: str) -> None:
    check_text(replace(GUIDE, title=text, opening=(Paragraph(text=text),)))
    check_form(replace(GUIDE, title=text, symbol=text, doc_type=text), at=DAY)


SIGNED_BY_DEPUTY = SignatureBlock(capacity_lines=(), position="PHÓ TRƯỞNG BAN", name="A")
WRONG_CAPACITY = SignatureBlock(capacity_lines=("KT. TRƯỞNG BAN",), position="PHÓ BAN", name="A")
COLLECTIVE = SignatureBlock(capacity_lines=("T/M BAN",), position="TRƯỞNG BAN", name="A")
ARCHIVE = GUIDE.recipients[-1]
AS_ABOVE = RecipientLine(raw="Như trên", role=RecipientRole.AS_ABOVE, group=False)
WRITTEN_ABOVE = RecipientLine(raw="Như trên;", role=RecipientRole.ACTION, group=False)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (replace(GUIDE, symbol="HD-BTGTU"), "symbol_shape"),
        (replace(PLAN, symbol="KH/UBND"), "symbol_shape"),
        (replace(GUIDE, symbol="KH/BTGTU"), "symbol_type_differs"),
        (replace(GUIDE, doc_type="Thư mời"), "type_unknown"),
        (replace(GUIDE, title="V/v tuyên truyền"), "title_prefix"),
        (replace(GUIDE, title="Tuyên truyền."), "title_mark"),
        (replace(PLAN, doc_type="Công văn", symbol="UBND-VX"), "addressee_missing"),
        (replace(GUIDE, addressees=("Các huyện ủy",)), "addressee_unusual"),
        (replace(GUIDE, addressees=("Các huyện ủy",)), "as_above_missing"),
        (replace(GUIDE, recipients=(AS_ABOVE, ARCHIVE)), "as_above_nobody"),
        (replace(GUIDE, recipients=(WRITTEN_ABOVE, ARCHIVE)), "as_above_nobody"),
        (replace(GUIDE, recipients=()), "no_recipients"),
        (replace(GUIDE, recipients=GUIDE.recipients[:1]), "archive_missing"),
        (replace(GUIDE, recipients=GUIDE.recipients[::-1]), "archive_not_last"),
        (replace(GUIDE, recipients=(replace(ARCHIVE, raw="Lưu: VPTU"),)), "archive_shape"),
        (
            replace(GUIDE, recipients=(GUIDE.recipients[0], *GUIDE.recipients)),
            "recipient_repeated",
        ),
        (replace(GUIDE, signature=SIGNED_BY_DEPUTY), "deputy_without_capacity"),
        (replace(GUIDE, signature=WRONG_CAPACITY), "capacity_unknown"),
        (replace(GUIDE, signature=COLLECTIVE), "collective_in_advisory_body"),
        (replace(PLAN, opening=(Paragraph(text="Hết."),)), "end_mark_missing"),
        (replace(GUIDE, opening=(Paragraph(text="Hết./."),)), "end_mark_unusual"),
        (replace(GUIDE, urgency="Rất gấp"), "urgency_unknown"),
        (replace(GUIDE, opening=(Paragraph(text="số 96- HD/BTGTU"),)), "reference_spaced"),
        (replace(GUIDE, issue_date=None), "date_missing"),
        (replace(GUIDE, issue_date=date(2022, 10, 1)), "date_in_future"),
        (replace(GUIDE, place=""), "place_missing"),
        (
            replace(
                GUIDE,
                sections=tuple(
                    Section(label=label, title="A", blocks=GUIDE.opening)
                    for label in ("I.", "III.")
                ),
            ),
            "numbering_gap",
        ),
        (replace(GUIDE, sections=(Section(label="I.", title="A", blocks=()),)), "section_empty"),
    ],
)
def test_each_fault_of_form_is_named_with_its_clause(content: DirectiveContent, code: str) -> None:
    found = [finding for finding in check_form(content, at=DAY) if finding.code == code]
    assert found
    assert found[0].message
    assert found[0].place


def test_urgency_words_are_known_in_both_spellings() -> None:
    assert "urgency_unknown" not in form_codes(replace(GUIDE, urgency="Hoả tốc"))


def test_a_letter_of_the_state_needs_no_type_code() -> None:
    letter = replace(
        PLAN,
        doc_type="Công văn",
        symbol="UBND-VX",
        addressees=("Sở Tư pháp",),
        recipients=(AS_ABOVE, PLAN.recipients[-1]),
    )
    assert form_codes(letter) == set()


def test_before_a_form_was_in_force_there_are_no_rules() -> None:
    with pytest.raises(NoRuleError):
        check_form(replace(PLAN, issue_date=date(2019, 1, 1)), at=DAY)


def test_every_rule_names_its_source_and_time() -> None:
    for regime in Regime:
        rules = rules_for(regime).rules
        assert all(rule.clause and rule.valid_from for rule in rules)
        assert len({rule.key for rule in rules}) == len(rules)
    party, state = (set(rules_for(r).values(DAY)) for r in (Regime.PARTY, Regime.STATE))
    assert party == state


def test_only_errors_shut_the_door() -> None:
    assert all(f.severity is Severity.ERROR for f in check_text(replace(GUIDE, title="漢")))
