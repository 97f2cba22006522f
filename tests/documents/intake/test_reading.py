import json
from datetime import date
from pathlib import Path

import pytest

from deadlines.phrases import find_phrases
from documents.content import RecipientRole, Regime
from documents.intake.errors import TextTooLongError
from documents.intake.reading import CHARACTERS_LIMIT, LINES_LIMIT, read_text
from documents.intake.result import IntakeResult, KnownUnit
from tests.support.soon import soon

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
needs_seed = pytest.mark.skipif(
    not (SHARED / "seed").is_dir(), reason="../shared/seed is not beside the project"
)
needs_papers = pytest.mark.skipif(
    not (SHARED / "realdocs").is_dir(), reason="../shared/realdocs is not beside the project"
)


def read(text: str, directory: tuple[KnownUnit, ...] = ()) -> IntakeResult:
    return read_text(text, directory=directory, phrases=find_phrases)


def seed(directory: tuple[KnownUnit, ...] = ()) -> IntakeResult:
    text = (SHARED / "seed" / "96-HD-BTGTU.ocr.txt").read_text(encoding="utf-8")
    return read(text, directory)


@needs_seed
def test_the_damaged_seed_gives_its_header_without_a_directory() -> None:
    result = seed()
    truth = json.loads((SHARED / "seed" / "96-HD-BTGTU.truth.json").read_text(encoding="utf-8"))
    assert result.number_full.value == "96-HD/BTGTU"
    assert (result.number, result.symbol) == (96, "HD/BTGTU")
    assert result.regime.value is Regime.PARTY
    assert result.doc_type.value == "Hướng dẫn"
    assert result.issuer.value == "Ban Tuyên giáo Tỉnh ủy"
    assert result.title.value == truth["title"]
    assert result.place.value is None


@needs_seed
def test_the_issue_date_of_the_seed_is_inferred_and_says_so() -> None:
    result = seed()
    assert result.issue_date.value == date(2022, 9, 21)
    assert result.issue_date.confidence <= 0.5
    assert "issue_date" in {u.where for u in result.unresolved}


@needs_seed
def test_the_seed_cites_one_paper_with_its_date() -> None:
    (cited,) = seed().cited
    assert cited.value.number_full == "53-KH/TU"
    assert cited.value.doc_type == "Kế hoạch"
    assert cited.value.issued == date(2022, 7, 29)
    assert cited.value.issuer == "Ban Thường vụ Tỉnh ủy"


@needs_seed
def test_the_seed_has_three_sections_with_their_parts_by_order() -> None:
    sections = seed().sections
    assert [(s.label, len(s.tasks)) for s in sections] == [("I", 2), ("II", 3), ("III", 4)]
    assert [t.units for t in sections[2].tasks] == [
        ("Ban Tuyên giáo Tỉnh ủy",),
        ("Sở Thông tin và Truyền thông", "Hội Nhà báo tỉnh"),
        ("Các huyện ủy, thành ủy, đảng ủy trực thuộc Tỉnh ủy",),
        ("Các cơ quan báo chí của tỉnh", "Cổng thông tin điện tử tỉnh"),
    ]


@needs_seed
def test_the_seed_has_its_deadlines_each_with_its_units() -> None:
    found = {d.value.label: d.value for d in seed().deadlines}
    assert sorted(found) == ["II.2", "III.1", "III.2", "III.3", "III.4", "R1"]
    assert found["III.2"].phrase.due == date(2022, 9, 30)
    assert found["III.3"].phrase.due == found["III.4"].phrase.due == date(2022, 10, 31)
    assert found["R1"].phrase.last_allowed_day == date(2022, 10, 30)
    assert found["R1"].phrase.inclusive is False
    assert found["R1"].units == ("các địa phương, đơn vị",)
    assert found["R1"].is_report
    assert found["III.1"].phrase.kind == "periodic_unspecified"
    assert found["II.2"].phrase.kind == "continuous"
    assert found["III.4"].raw == "Hoàn thành trong tháng 10 năm 2022"


@needs_seed
def test_the_seed_keeps_all_eleven_recipient_lines_with_their_roles() -> None:
    truth = json.loads((SHARED / "seed" / "96-HD-BTGTU.truth.json").read_text(encoding="utf-8"))
    directory = (
        KnownUnit(id="bao", name="Báo Lâm Đồng"),
        KnownUnit(id="tc", name="Tạp chí Lang Bian"),
        KnownUnit(id="dai", name="Đài phát thanh-Truyền hình"),
    )
    found = seed(directory).recipients
    assert [r.value.raw for r in found] == [r["raw"] for r in truth["recipients"]]
    assert [r.value.role.value for r in found] == [r["role"] for r in truth["recipients"]]
    assert found[8].value.units == ("bao", "dai", "tc")


@needs_seed
def test_the_seed_gives_signer_and_both_signature_records() -> None:
    result = seed()
    signer = result.signer.value
    assert signer is not None
    assert (signer.capacity, signer.on_behalf_of, signer.position, signer.name) == (
        "K/T",
        "Trưởng ban",
        "Phó Trưởng ban Thường trực",
        "Trần Trung Hiếu",
    )
    claims = [c.value for c in result.signatures]
    assert [(c.kind.value, c.name, c.email) for c in claims] == [
        ("person", "Trần Trung Hiếu", "hieutt@lamdong.gov.vn"),
        ("organization", "BAN TUYÊN GIÁO", "btgtu@lamdong.gov.vn"),
    ]
    times = [c.at.isoformat() for c in claims if c.at]
    assert times == ["2022-09-21T13:54:12+07:00", "2022-09-21T14:56:28+07:00"]


@needs_papers
@pytest.mark.parametrize("number", ["02", "05", "08", "11", "13"])
def test_published_papers_keep_header_signer_and_every_recipient(number: str) -> None:
    text = (SHARED / "realdocs" / f"{number}.txt").read_text(encoding="utf-8")
    truth = json.loads((SHARED / "realdocs" / f"{number}.json").read_text(encoding="utf-8"))
    result = read(text.partition("\n")[2])
    assert result.number_full.value == truth["number_full"]
    assert result.regime.value == truth["system"]
    assert result.doc_type.value == truth["doc_type"]
    assert [r.value.raw for r in result.recipients] == [r["raw"] for r in truth["recipients"]]
    assert result.signer.value is not None
    assert result.signer.value.capacity == truth["signer"]["capacity"]
    assert result.signer.value.name == truth["signer"]["name"]


@needs_papers
@pytest.mark.parametrize("number", ["02", "05", "08", "11", "13"])
def test_published_papers_keep_every_dated_deadline(number: str) -> None:
    text = (SHARED / "realdocs" / f"{number}.txt").read_text(encoding="utf-8")
    truth = json.loads((SHARED / "realdocs" / f"{number}.json").read_text(encoding="utf-8"))
    found = read(text.partition("\n")[2]).to_json()["deadlines"]
    assert isinstance(found, list)
    days = {str(d.get(k)) for d in found for k in ("due", "last_allowed_day", "named_date", "date")}
    for wanted in truth["deadlines"]:
        day = wanted.get("last_allowed_day") or wanted.get("due") or wanted.get("date")
        assert day is None or day in days, wanted


def test_a_state_letter_gives_its_subject_and_addressees() -> None:
    result = read(
        "UBND TỈNH A\nSỞ NỘI VỤ\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        "Độc lập - Tự do - Hạnh phúc\nSố: 12/SNV-VP\nV/v báo cáo nhân sự\n"
        "Đà Lạt, ngày 05 tháng 3 năm 2026\n\nKính gửi: Các sở, ban, ngành tỉnh\n\n"
        "Sở Nội vụ đề nghị các sở, ban, ngành báo cáo trước ngày 31/9/2026.\n\n"
        "Nơi nhận:\n- Như trên;\n- Lưu: VT.\nGIÁM ĐỐC\nTrần Văn A\n"
    )
    assert result.doc_type.value == "Công văn"
    assert result.number_full.value == "12/SNV-VP"
    assert result.title.value == "báo cáo nhân sự"
    assert (result.parent_issuer.value, result.issuer.value) == ("UBND TỈNH A", "SỞ NỘI VỤ")
    assert (result.place.value, result.issue_date.value) == ("Đà Lạt", date(2026, 3, 5))
    assert [a.value for a in result.addressees] == ["Các sở, ban, ngành tỉnh"]
    assert result.recipients[0].value.role is RecipientRole.AS_ABOVE
    # 31 September does not exist: shown, not dropped and not a crash.
    assert [u.text for u in result.unresolved if u.where == "deadlines"] == ["trước ngày 31/9/2026"]
    assert result.deadlines[0].value.units == ("các sở, ban, ngành",)


def test_a_deadline_sentence_that_is_not_understood_is_shown() -> None:
    result = read("1. Sở A báo cáo chậm nhất 3 tuần nữa.\n\nNơi nhận:\n- Sở A;\n- Lưu: VT.\n")
    assert [u.text for u in result.unresolved if u.where == "deadlines"] == [
        "1. Sở A báo cáo chậm nhất 3 tuần nữa."
    ]


def test_the_json_has_the_published_shape() -> None:
    found = read("Nơi nhận:\n- Sở Nội vụ (để báo cáo);\n- Lưu: VT.\n").to_json()
    json.dumps(found)
    assert set(found["number_full"]) == {"value", "confidence", "evidence"}  # type: ignore[call-overload] # JSON
    (first, _) = found["recipients"]  # type: ignore[misc] # JSON
    assert {"raw", "role", "group", "confidence", "evidence"} <= set(first)
    assert first["role"] == "report"
    assert all(set(u) == {"text", "where", "why"} for u in found["unresolved"])  # type: ignore[attr-defined] # JSON


def test_hidden_characters_do_not_hide_words() -> None:
    result = read("Nơi nhận:\n- Sở\u200b Nội\u202e vụ;\n- Lưu: VT.\n")
    assert result.recipients[0].value.raw == "Sở Nội vụ"


def test_an_annex_after_the_signature_is_no_recipient() -> None:
    result = read("Nơi nhận:\n- Sở A;\n- Lưu: VT.\nGIÁM ĐỐC\nTrần Văn A\n\nPHỤ LỤC I\nBiểu 1\n")
    assert [r.value.raw for r in result.recipients] == ["Sở A", "Lưu: VT"]
    assert [a.value for a in result.annexes] == ["PHỤ LỤC I"]
    assert not [u for u in result.unresolved if u.where != "issue_date"]


@pytest.mark.parametrize("piece", ["a b ", "1234567890", "ngày ", "- a\n", "1.1.1.1.", "(", "\n"])
def test_the_longest_text_that_is_taken_is_read_in_bounded_time(piece: str) -> None:
    lines = LINES_LIMIT - 1 if "\n" in piece else CHARACTERS_LIMIT
    text = piece * min(lines, CHARACTERS_LIMIT // len(piece))
    with soon(60):
        read(text)


@pytest.mark.parametrize("text", ["a" * (CHARACTERS_LIMIT + 1), "\n" * LINES_LIMIT])
def test_a_longer_text_is_refused_with_the_limit(text: str) -> None:
    with pytest.raises(TextTooLongError) as refused:
        read(text)
    assert "250.000 ký tự hoặc 20.000 dòng" in refused.value.diagnosis()
