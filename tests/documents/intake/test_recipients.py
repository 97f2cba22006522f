import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadlines.phrases import find_phrases
from documents.content import RecipientRole
from documents.intake.folding import words_of
from documents.intake.reading import read_text
from documents.intake.result import IntakeResult, KnownUnit

STATE_END = """
Nơi nhận:
- Như trên;
- Thường trực Thành ủy; (để b/c)
- Bộ Nội vụ (để báo cáo);
- Công an tỉnh; Bộ Chỉ huy quân sự tỉnh;
- Các Bộ: TC, NV, NNMT, CT;
- VPCP: BTCN, các PCN, Trợ lý của PTTgCP Bùi Thanh Sơn; các Vụ: CN, KTTH;
- UBND các xã, phường;
- BQL Khu Công nghệ cao;
- Lưu: VT, KT.
TM. ỦY BAN NHÂN DÂN
KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
Nguyễn Xuân Lưu
"""

PARTY_END = """
Nơi nhận: K/T TRƯỞNG BAN
- Ban Tuyên giáo TW, T79 (báo cáo), PHÓ TRƯỞNG BAN THƯỜNG TRỰC
- Thường trực UBND và HĐND tỉnh,
- Các huyện ủy, thành ủy, đảng ủy trực thuộc
Tỉnh ủy,
- Báo Lâm Đồng, Đài phát thanh-Truyền hình,
Tạp chí Lang Bian,
- Lưu VPTU.
Trần Trung Hiếu
"""


def read(text: str, directory: tuple[KnownUnit, ...] = ()) -> IntakeResult:
    return read_text(text, directory=directory, phrases=find_phrases)


def raws(result: IntakeResult) -> list[str]:
    return [r.value.raw for r in result.recipients]


def test_a_state_list_keeps_every_line_as_printed() -> None:
    result = read(STATE_END)
    assert raws(result) == [
        "Như trên",
        "Thường trực Thành ủy; (để b/c)",
        "Bộ Nội vụ (để báo cáo)",
        "Công an tỉnh; Bộ Chỉ huy quân sự tỉnh",
        "Các Bộ: TC, NV, NNMT, CT",
        "VPCP: BTCN, các PCN, Trợ lý của PTTgCP Bùi Thanh Sơn; các Vụ: CN, KTTH",
        "UBND các xã, phường",
        "BQL Khu Công nghệ cao",
        "Lưu: VT, KT",
    ]
    roles = [r.value.role for r in result.recipients]
    assert roles[:3] == [RecipientRole.AS_ABOVE, RecipientRole.REPORT, RecipientRole.REPORT]
    assert set(roles[3:8]) == {RecipientRole.UNMARKED}
    assert roles[8] is RecipientRole.ARCHIVE
    assert [r.value.group for r in result.recipients][3:8] == [False, False, False, True, False]
    assert result.signer.value is not None
    assert result.signer.value.capacity == "TM.+KT."
    assert result.signer.value.name == "Nguyễn Xuân Lưu"


def test_the_signature_column_that_leaks_into_the_list_goes_to_the_signer() -> None:
    result = read(PARTY_END)
    assert raws(result)[0] == "Ban Tuyên giáo TW, T79 (báo cáo)"
    assert result.signer.value is not None
    assert result.signer.value.capacity == "K/T"
    assert result.signer.value.on_behalf_of == "Trưởng ban"
    assert result.signer.value.position == "Phó Trưởng ban Thường trực"
    assert result.signer.value.name == "Trần Trung Hiếu"


def test_wrapped_lines_belong_to_the_unit_before_them_and_a_doubt_is_named() -> None:
    result = read(PARTY_END)
    assert "Các huyện ủy, thành ủy, đảng ủy trực thuộc Tỉnh ủy" in raws(result)
    assert "Báo Lâm Đồng, Đài phát thanh-Truyền hình, Tạp chí Lang Bian" in raws(result)
    # The line begins with a capital after a comma: a new unit that lost its dash, or not.
    (doubt,) = [u for u in result.unresolved if u.where == "recipients"]
    assert doubt.text == "Báo Lâm Đồng, Đài phát thanh-Truyền hình, Tạp chí Lang Bian,"
    assert "“Tạp chí Lang Bian,”" in doubt.why


def test_a_lost_dash_in_a_list_of_semicolons_opens_a_line_of_its_own_and_is_named() -> None:
    result = read("Nơi nhận:\n- Sở Y tế;\nSở Nội vụ;\n- Lưu: VT.\n")
    assert raws(result) == ["Sở Y tế", "Sở Nội vụ", "Lưu: VT"]
    assert [u.text for u in result.unresolved if u.where == "recipients"] == ["Sở Nội vụ;"]


def test_a_task_that_names_a_unit_gives_it_the_role_of_action() -> None:
    body = (
        "KẾ HOẠCH\nVề việc A\n\nI. TỔ CHỨC THỰC HIỆN\n\n1. Sở Nội vụ, Hội Nhà báo tỉnh\n\n"
        "Xây dựng kế hoạch (Hoàn thành trong tháng 9 năm 2022).\n\n"
    )
    result = read(f"{body}Nơi nhận:\n- Sở Nội vụ;\n- Sở Y tế;\n- Lưu: VT.\n")
    assert [(r.value.role, r.value.role_basis) for r in result.recipients] == [
        (RecipientRole.ACTION, "task"),
        (RecipientRole.UNMARKED, "none"),
        (RecipientRole.ARCHIVE, "marker"),
    ]


def test_a_list_without_dashes_is_read_line_by_line() -> None:
    result = read("Nơi nhận:\nSở Nội vụ;\nSở Y tế;\nLưu: VT.\n")
    assert raws(result) == ["Sở Nội vụ", "Sở Y tế", "Lưu: VT"]


def test_tabs_and_wide_gaps_after_the_dash_make_no_columns() -> None:
    result = read("Nơi nhận:\n-\tNhư trên;\n-   Sở Y tế;\n•\tLưu: VT./.\n")
    assert raws(result) == ["Như trên", "Sở Y tế", "Lưu: VT"]
    assert not [u for u in result.unresolved if u.where in {"recipients", "end"}]


def test_a_name_after_a_list_without_an_archive_line_is_the_signer() -> None:
    result = read("Nơi nhận:\n- Sở Y tế;\n- Sở Nội vụ.\nGIÁM ĐỐC\nTrần Văn A\n")
    assert raws(result) == ["Sở Y tế", "Sở Nội vụ"]
    assert result.signer.value is not None
    assert result.signer.value.name == "Trần Văn A"


def test_a_unit_that_lost_its_dash_is_never_taken_for_the_signer() -> None:
    result = read(
        "Nơi nhận: K/T TRƯỞNG BAN\n- Sở Y tế,\nBáo Lâm Đồng,\nHội Nhà Báo\n"
        "- Lưu VPTU.\nTrần Văn A\n"
    )
    assert "Báo Lâm Đồng" in " ".join(raws(result))
    assert "Hội Nhà Báo" in " ".join(raws(result))
    assert result.signer.value is not None
    assert result.signer.value.name == "Trần Văn A"


def test_a_list_in_an_annex_does_not_hide_the_list_of_the_paper() -> None:
    result = read(
        "Nơi nhận:\n- Sở Y tế;\n- Lưu: VT.\nGIÁM ĐỐC\nTrần Văn A\n\nPHỤ LỤC\n"
        "Nơi nhận:\n- Như trên;\n- Lưu: VP.\n"
    )
    assert raws(result) == ["Sở Y tế", "Lưu: VT"]


def test_a_list_whose_heading_is_lost_is_still_found() -> None:
    end = "- Sở Y tế;\n- Sở Nội vụ;\n- Lưu: VT.\nGIÁM ĐỐC\nTrần A\n"
    result = read(f"Nội dung.\n\nN0i nh|n\n{end}")
    assert raws(result) == ["Sở Y tế", "Sở Nội vụ", "Lưu: VT"]
    result = read(f"Nội dung.\n\n{end}")
    assert raws(result) == ["Sở Y tế", "Sở Nội vụ", "Lưu: VT"]


def test_items_on_the_heading_line_are_kept() -> None:
    result = read("Nơi nhận: - Như trên; - Sở Y tế; - Lưu: VT.\n")
    assert raws(result) == ["Như trên", "Sở Y tế", "Lưu: VT"]


def test_a_paper_without_a_list_says_so() -> None:
    result = read("THÔNG BÁO\nVề việc A\n\nNội dung.")
    assert result.recipients == ()
    assert any("Nơi nhận" in u.why for u in result.unresolved)


def test_what_follows_the_list_and_is_not_understood_is_shown() -> None:
    result = read(f"{STATE_END}\nĐiện thoại 0263 123 456 gặp chị Lan\n")
    assert any("gặp chị Lan" in u.text for u in result.unresolved)
    assert "Lan" not in " ".join(raws(result))


DIRECTORY = (
    KnownUnit(id="tt-ubnd", name="Thường trực UBND tỉnh"),
    KnownUnit(id="tt-hdnd", name="Thường trực HĐND tỉnh"),
    KnownUnit(id="btg-tw", name="Ban Tuyên giáo Trung ương", aliases=("Ban Tuyên giáo TW",)),
    KnownUnit(id="mttq", name="Ủy ban MTTQ tỉnh", aliases=("MTTQ",)),
    KnownUnit(id="ctxh", name="Các tổ chức chính trị - xã hội tỉnh", group=True),
    KnownUnit(id="so-nv", name="Sở Nội vụ"),
)


@pytest.mark.parametrize(
    ("line", "units", "left"),
    [
        ("Thường trực UBND và HĐND tỉnh", ("tt-ubnd", "tt-hdnd"), []),
        ("MTTQ và các tổ chức chính trị-xã hội tỉnh", ("mttq", "ctxh"), []),
        ("Ban Tuyên giáo TW, T79 (báo cáo)", ("btg-tw",), ["T79"]),
        ("Sở Nội vụ", ("so-nv",), []),
        ("Thường trực tỉnh", (), ["Thường trực tỉnh"]),
        ("Hội Sinh vật cảnh", (), ["Hội Sinh vật cảnh"]),
    ],
)
def test_a_line_names_all_its_units_and_nothing_vanishes(
    line: str, units: tuple[str, ...], left: list[str]
) -> None:
    result = read(f"Nơi nhận:\n- {line},\n- Lưu VPTU.\n", DIRECTORY)
    assert result.recipients[0].value.units == units
    assert [u.text for u in result.unresolved if u.where == "recipients"] == left


NOISE = "aeiouấểộụ1l0o.,;:-'~|  ?xZ"


def damaged(text: str, rate: float, seed: int) -> str:
    """Hit letters, digits and marks; line breaks stay (a lost one is tested by itself)."""
    chance = random.Random(seed)  # noqa: S311 - noise, not a secret
    out = []
    for letter in text:
        if letter == "\n" or chance.random() >= rate:
            out.append(letter)
        elif chance.random() < 0.7:
            out.append(chance.choice(NOISE))
    return "".join(out)


def assert_nothing_lost(text: str, result: IntakeResult) -> None:
    handed = " ".join(
        [
            *(r.evidence for r in result.recipients),
            result.signer.evidence,
            *(u.text for u in result.unresolved),
        ]
    )
    held = set(words_of(handed))
    for line in text.split("\n"):
        lost = [w for w in words_of(line) if w not in held and not w.isdigit()]
        assert not lost, (line, lost)


LISTS = st.sampled_from([STATE_END, PARTY_END])


@settings(max_examples=120, deadline=None)
@given(LISTS, st.sampled_from([0.02, 0.05, 0.1, 0.2]), st.integers(0, 10**6))
def test_noise_never_loses_a_recipient_in_silence(text: str, rate: float, seed: int) -> None:
    head, _, rest = text.strip().partition("\n")
    noisy = f"Nơi nhận:{head.partition(':')[2]}\n{damaged(rest, rate, seed)}"
    assert_nothing_lost(noisy.partition(":")[2], read(noisy))


@settings(max_examples=80, deadline=None)
@given(LISTS, st.lists(st.integers(0, 14), max_size=4), st.integers(0, 10**6))
def test_lost_line_breaks_and_dashes_lose_no_words(text: str, hit: list[int], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - noise, not a secret
    lines = text.strip().split("\n")
    for index in hit:
        if 0 < index < len(lines):
            lines[index] = chance.choice(
                [
                    re.sub(r"^- ", "", lines[index]),
                    f"{lines[index]} {'   ' * chance.randint(0, 2)}",
                    lines[index].replace(" ", "   ", 1),
                    f"  {lines[index]}",
                ]
            )
    noisy = "\n".join(lines)
    assert_nothing_lost(noisy.partition(":")[2], read(noisy))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_end_block_is_read_without_a_crash_and_without_loss(rest: str) -> None:
    text = f"Nơi nhận:\n{rest}"
    result = read(text)
    result.to_json()


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([0.0, 0.03]), st.integers(0, 10**6))
def test_clean_lists_invent_no_recipient(rate: float, seed: int) -> None:
    result = read(damaged(STATE_END, rate, seed) if rate else STATE_END)
    assert len(result.recipients) <= 11
