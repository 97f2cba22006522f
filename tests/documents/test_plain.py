"""Reviewed plain text becomes a body; nothing of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.content import Block, DirectiveContent, Paragraph, Section, Table
from documents.plain import PlainBody, parse_plain
from documents.texts import walk_texts
from tests.documents.conftest import published


def outline(blocks: tuple[Block, ...]) -> list[object]:
    return [
        (block.label, outline(block.blocks)) if isinstance(block, Section) else "·"
        for block in blocks
    ]


def texts_of(blocks: tuple[Block, ...]) -> list[str]:
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block.text)
        elif isinstance(block, Table):
            found.extend(cell for row in (block.header, *block.rows) for cell in row)
        else:
            found.extend((block.label, block.title, *texts_of(block.blocks)))
    return found


def words_of(body: PlainBody) -> list[str]:
    parts = (*body.before, *texts_of(body.opening), *texts_of(body.sections))
    return " ".join((*parts, *texts_of(body.closing), *body.after)).split()


def test_the_seed_has_three_sections_with_their_parts(seed: DirectiveContent) -> None:
    assert len(seed.opening) == 1
    assert outline(seed.sections) == [
        ("I.", [("1.", ["·", "·"]), ("2.", ["·", "·"])]),
        ("II.", [("1.", ["·"]), ("2.", ["·"]), ("3.", ["·"])]),
        ("III.", [("1.", ["·"]), ("2.", ["·"]), ("3.", ["·"]), ("4.", ["·"])]),
    ]
    assert [section.title for section in seed.sections] == [
        "MỤC ĐÍCH, YÊU CẦU",
        "NỘI DUNG",
        "TỔ CHỨC THỰC HIỆN",
    ]
    assert seed.closing[0].text.startswith("Trên đây là")
    assert seed.closing[0].text.endswith("trước ngày 31/10/2022.")
    assert len(seed.recipients) == 11


def test_places_of_texts_are_named_for_people(seed: DirectiveContent) -> None:
    placed = {text.place: text.text for text in walk_texts(seed)}
    assert placed["mục III.2, đoạn 1"].endswith("(Hoàn thành trong tháng 9 năm 2022).")
    assert placed["nơi nhận, dòng 11"] == "Lưu VPTU"


def test_numbered_sentences_are_paragraphs_and_numbered_titles_are_headings(
    plan: DirectiveContent,
) -> None:
    goals, tasks, carrying_out = plan.sections[1:]
    assert all(isinstance(part, Section) and not part.title for part in goals.blocks)
    assert all(isinstance(part, Section) and part.title for part in tasks.blocks)
    assert len(tasks.blocks) == 9
    assert [part.label for part in carrying_out.blocks if isinstance(part, Section)] == [
        "1.",
        "2.",
        "3.",
        "4.",
        "5.",
        "6.",
    ]


def test_a_sentence_parted_by_a_page_of_the_source_is_joined(plan: DirectiveContent) -> None:
    joined = [text.text for text in walk_texts(plan) if text.text.endswith("địa phương liên quan.")]
    assert "- Đơn vị phối hợp: Văn phòng UBND tỉnh; các cơ quan, đơn vị, địa phương liên quan." in (
        joined
    )


def test_deeper_numbers_nest_and_letters_come_last() -> None:
    text = """Mở đầu.

1. Yêu cầu chung:

1.1. Nghiên cứu:

a) Điểm a.

b) Điểm b.

1.2. Khác

Nội dung.

2. Báo cáo

Hằng tháng.

Trong quá trình thực hiện, nếu có vướng mắc, đề nghị phản ánh./."""
    body = parse_plain(text)
    assert outline(body.sections) == [
        ("1.", [("1.1.", [("a)", ["·"]), ("b)", ["·"])]), ("1.2.", ["·"])]),
        ("2.", ["·"]),
    ]
    assert body.closing[0].text.endswith("./.")


def test_a_sentence_on_its_own_task_is_not_taken_for_the_closing() -> None:
    body = parse_plain("I. THỰC HIỆN\n\n1. Sở Tư pháp\n\nYêu cầu báo cáo trước ngày 05/11/2025.")
    assert body.closing == ()
    assert texts_of(body.sections)[-1].startswith("Yêu cầu")


def test_rows_of_bars_become_a_table() -> None:
    body = parse_plain("I. PHÂN CÔNG\n\n| TT | Việc |\n|---|---|\n| 1 | Báo cáo |\n| 2 |")
    table = body.sections[0].blocks[0]
    assert table == Table(header=("TT", "Việc"), rows=(("1", "Báo cáo"), ("2", "")))


def test_a_name_with_initials_is_no_roman_number() -> None:
    body = parse_plain("V.I. Lê-nin viết như sau.\n\nI. MỤC ĐÍCH\n\nNội dung.")
    assert body.opening[0].text.startswith("V.I. Lê-nin")


WORD = st.sampled_from(
    ["I.", "II.", "1.", "1.1.", "a)", "Điều 1.", "-", "Trên đây là", "việc", "./.", "Sở", "Yêu cầu"]
)
LINES = st.lists(st.lists(WORD, max_size=5).map(" ".join), max_size=14)


@given(LINES)
def test_no_word_of_any_text_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert sorted(words_of(parse_plain(text))) == sorted(text.split())


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    parse_plain(text, title="Tuyên truyền")


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("02", ["1.", "2.", "3."]),
        ("05", ["I.", "II.", "III."]),
        ("08", ["I.", "II.", "III.", "IV."]),
        ("11", ["1.", "2.", "3."]),
        ("13", ["1.", "2.", "3.", "4.", "5.", "6.", "7."]),
    ],
)
def test_published_papers_keep_their_words_and_sections(name: str, labels: list[str]) -> None:
    text, truth = published(name)
    body = parse_plain(text, title=truth.get("title"))
    assert [section.label for section in body.sections] == labels
    assert sorted(words_of(body)) == sorted(text.split())
    assert body.opening
    assert body.after[0] == "Nơi nhận:"


def test_addressees_stand_before_the_body() -> None:
    body = parse_plain("Kính gửi:\n- Sở Tư pháp;\n- Sở Nội vụ.\n\nThực hiện Kế hoạch./.")
    assert body.before == ("Kính gửi:", "- Sở Tư pháp;", "- Sở Nội vụ.")
    assert [paragraph.text for paragraph in body.opening] == ["Thực hiện Kế hoạch./."]


def test_a_head_is_parted_from_the_body_without_a_blank_line() -> None:
    body = parse_plain(
        "TỈNH ỦY\nHƯỚNG DẪN\ntuyên truyền kỷ niệm\n40 năm\n-----\nThực hiện Kế hoạch số 1.",
        title="tuyên truyền kỷ niệm 40 năm",
    )
    assert body.before == ("TỈNH ỦY HƯỚNG DẪN tuyên truyền kỷ niệm 40 năm -----",)
    assert [one.text for one in body.opening] == ["Thực hiện Kế hoạch số 1."]


def test_a_last_sentence_on_the_paper_itself_closes_it_in_small_letters_too() -> None:
    text = "I. TỔ CHỨC\n\n1. Sở Y tế báo cáo.\n\nCăn cứ kế hoạch này, các sở thực hiện."
    body = parse_plain(text)
    assert [one.text for one in body.closing] == ["Căn cứ kế hoạch này, các sở thực hiện."]
    assert outline(body.sections) == [("I.", [("1.", ["·"])])]
