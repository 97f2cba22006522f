"""The flat list that people edit and the nested parts that are printed say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.errors import InvalidInputError
from actions.working.acting import act
from actions.working.body import Body, Item, Line, heading, paragraph, table
from actions.working.outline import flat, move, nested, renumber
from actions.working.tasks import task_of

WORDS = st.text("abcđêơư ", min_size=1, max_size=12).map(lambda text: f"x{text}".strip())


@st.composite
def lists(draw: st.DrawFn) -> list[Item]:
    """Lists as the editor makes them: a heading is at most one level below the one before."""
    items: list[Item] = []
    level = 0
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(["heading", "paragraph", "table"]))
        if kind == "heading":
            level = draw(st.integers(1, min(4, level + 1)))
            items.append(heading(level, draw(WORDS)))
        elif kind == "paragraph":
            items.append(paragraph(draw(WORDS)))
        else:
            items.append(Item(kind="table", header=[draw(WORDS)], rows=[[draw(WORDS)]]))
    renumber(items, "Hướng dẫn")
    return items


def texts(items: list[Item]) -> list[str]:
    return sorted(item.text for item in items)


@given(lists())
def test_a_list_nested_and_flattened_is_the_list_again(items: list[Item]) -> None:
    again = flat(nested(items, "b"))
    assert [(one.kind, one.label, one.text) for one in again] == [
        (one.kind, one.label, " ".join(one.text.split())) for one in items
    ]


@given(lists(), st.data())
def test_no_move_loses_or_doubles_a_text(items: list[Item], data: st.DataObject) -> None:
    if not items:
        return
    before = texts(items)
    index = data.draw(st.integers(0, len(items) - 1))
    at = move(items, index, data.draw(st.sampled_from([-1, 1])))
    assert texts(items) == before
    assert 0 <= at < len(items)


@given(lists(), st.data())
def test_every_button_keeps_every_text_but_the_one_that_removes(
    items: list[Item], data: st.DataObject
) -> None:
    body = Body(regime="party", doc_type="Hướng dẫn", outline=items)
    before = texts(items)
    index = data.draw(st.integers(-1, len(items)))
    verb = data.draw(
        st.sampled_from(["paragraph", "heading", "subheading", "table", "up", "down", "deeper",
                         "higher", "number", "row-more", "column-more", "out"])
    )  # fmt: skip
    try:
        act(body, f"{verb}:b:{index}")
    except InvalidInputError:
        assert texts(body.outline) == before
        return
    left = texts([one for one in body.outline if one.text])
    gone = 1 if verb == "out" else 0
    assert len(left) >= len([text for text in before if text]) - gone
    assert all(text in before for text in left)


def test_headings_are_counted_in_the_shape_that_their_level_has() -> None:
    items = [heading(1, "A"), heading(2, "B"), heading(2, "C"), heading(1, "D"), heading(2, "E")]
    renumber(items, "Hướng dẫn")
    assert [one.label for one in items] == ["I.", "1.", "2.", "II.", "1."]
    articles = [heading(1, "A"), heading(1, "B")]
    renumber(articles, "Quyết định")
    assert [one.label for one in articles] == ["Điều 1.", "Điều 2."]


def test_a_place_that_is_gone_is_said_and_nothing_changes() -> None:
    body = Body(regime="party", doc_type="Hướng dẫn", outline=[table()])
    before = body.model_copy(deep=True)
    for word in ("up:b:7", "out:x:0", "task:b:0", "deeper:b:0", "'; drop table", "out:l:0"):
        with pytest.raises(InvalidInputError, match="invalid_input"):
            act(body, word)
    assert body == before


def test_a_sentence_that_begins_with_a_recipient_gives_its_task_to_those_it_names() -> None:
    def line(raw: str, unit: str) -> Line:
        return Line(raw=raw, role="action", organisations=[unit])

    def borne_by(sentence: str) -> list[str]:
        body = Body(
            regime="party", doc_type="Kế hoạch", outline=[paragraph(sentence)],
            lines=[line("Sở Y tế", "so-y-te"), line("Báo Lâm Đồng (để thực hiện)", "bao"),
                   line("Đài Phát thanh", "dai")],
        )  # fmt: skip
        return task_of(body, "b", 0).organisations

    assert borne_by("Báo Lâm Đồng báo cáo trước ngày 30/11/2022.") == ["bao"]
    assert borne_by("Báo Lâm Đồng, Đài Phát thanh mở chuyên mục.") == ["bao", "dai"]
    # Named in passing: nobody is left out on that account.
    assert borne_by("Các đơn vị phối hợp với Báo Lâm Đồng.") == ["so-y-te", "bao", "dai"]
