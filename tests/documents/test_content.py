"""Content survives JSON; malformed content is refused with its place."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.content import (
    Annex,
    Block,
    DirectiveContent,
    Paragraph,
    RecipientLine,
    RecipientRole,
    Regime,
    Section,
    SignatureBlock,
    Table,
    from_json,
    to_json,
)
from documents.errors import ContentError

TEXT = st.text(max_size=12)
PARAGRAPHS = st.builds(Paragraph, text=TEXT, mark=st.none() | TEXT)
TABLES = st.integers(1, 3).flatmap(
    lambda width: st.builds(
        Table,
        header=st.tuples(*[TEXT] * width),
        rows=st.lists(st.tuples(*[TEXT] * width), max_size=2).map(tuple),
        caption=st.none() | TEXT,
    )
)
BLOCKS: st.SearchStrategy[Block] = st.recursive(
    st.one_of(PARAGRAPHS, TABLES),
    lambda inner: st.builds(
        Section, label=TEXT, title=TEXT, blocks=st.lists(inner, max_size=2).map(tuple)
    ),
    max_leaves=4,
)
SECTIONS = st.builds(
    Section, label=TEXT, title=TEXT, blocks=st.lists(BLOCKS, max_size=2).map(tuple)
)
CONTENTS = st.builds(
    DirectiveContent,
    regime=st.sampled_from(Regime),
    doc_type=TEXT,
    parent_issuer=TEXT,
    issuer=TEXT,
    symbol=TEXT,
    number=st.none() | st.integers(1, 9999),
    place=TEXT,
    issue_date=st.none() | st.dates(),
    title=TEXT,
    addressees=st.lists(TEXT, max_size=2).map(tuple),
    opening=st.lists(PARAGRAPHS, max_size=2).map(tuple),
    sections=st.lists(SECTIONS, max_size=2).map(tuple),
    closing=st.lists(PARAGRAPHS, max_size=2).map(tuple),
    recipients=st.lists(
        st.builds(
            RecipientLine, raw=TEXT, role=st.sampled_from(RecipientRole), group=st.booleans()
        ),
        max_size=2,
    ).map(tuple),
    signature=st.builds(
        SignatureBlock,
        capacity_lines=st.lists(TEXT, max_size=2).map(tuple),
        position=TEXT,
        name=TEXT,
    ),
    annexes=st.lists(
        st.builds(Annex, label=TEXT, title=TEXT, blocks=st.lists(BLOCKS, max_size=1).map(tuple)),
        max_size=1,
    ).map(tuple),
    urgency=st.none() | TEXT,
    secrecy=st.none() | TEXT,
    notice=st.none() | TEXT,
)


@given(CONTENTS)
def test_content_read_back_from_json_is_equal(content: DirectiveContent) -> None:
    assert from_json(to_json(content)) == content


def small(**changes: object) -> dict[str, object]:
    return {
        "regime": "party",
        "doc_type": "Hướng dẫn",
        "parent_issuer": "Tỉnh ủy Lâm Đồng",
        "issuer": "Ban Tuyên giáo",
        "symbol": "HD/BTGTU",
        "title": "Tuyên truyền",
        "signature": {"capacity_lines": [], "position": "TRƯỞNG BAN", "name": "Trần Văn A"},
        **changes,
    }


def test_the_least_content_is_accepted() -> None:
    assert from_json(small()).number is None


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"regime": "army"}, "regime"),
        ({"number": 0}, "number"),
        ({"number": True}, "number"),
        ({"issue_date": "21/9/2022"}, "issue_date"),
        (
            {"sections": [{"title": "I", "blocks": [{"kind": "paragraph"}]}]},
            "sections[0].blocks[0].text",
        ),
        ({"sections": [{"blocks": [{"kind": "movie"}]}]}, "sections[0].blocks[0].kind"),
        (
            {"sections": [{"blocks": [{"kind": "table", "header": ["a"], "rows": [["1", "2"]]}]}]},
            "sections[0].blocks[0].rows[0]",
        ),
        ({"subject": "x"}, "subject"),
        ({"signature": None}, "signature"),
        ({"addressees": ["A", 3]}, "addressees[1]"),
    ],
)
def test_malformed_content_is_refused_with_its_place(change: dict[str, object], place: str) -> None:
    with pytest.raises(ContentError) as refusal:
        from_json(small(**change))
    assert refusal.value.place == place
    assert place in refusal.value.diagnosis()


def test_hostile_nesting_is_refused() -> None:
    block: dict[str, object] = {"kind": "paragraph", "text": "x"}
    for _ in range(500):
        block = {"kind": "section", "blocks": [block]}
    with pytest.raises(ContentError, match="cấp"):
        from_json(small(sections=[{"blocks": [block]}]))


def test_numbers_below_ten_carry_a_zero_in_both_forms() -> None:
    assert from_json(small(number=7)).number_text() == "07-HD/BTGTU"
    state = from_json(small(number=7, regime="state", symbol="QĐ-BNV"))
    assert state.number_text() == "07/QĐ-BNV"


def test_without_a_number_there_is_no_number_text() -> None:
    assert from_json(small(issue_date="2022-09-21")).issue_date == date(2022, 9, 21)
    assert from_json(small()).number_text() is None
