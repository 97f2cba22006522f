"""The words of directives are those of their text as it stands, whatever was done to them."""

import ast
from pathlib import Path

from sqlalchemy import delete, select, text, update

from actions.drafting import revise
from actions.errors import InvalidInputError
from actions.numbering import take_number
from actions.reviewing import return_draft
from actions.search_words import behind, catch_up, current_words
from documents.content import Annex, Paragraph, Table
from models.base import DirectiveId
from models.directive import Directive, Revision
from models.search import LONGEST_WORD, MOST_WORDS, DirectiveWords, folded_words, words_of
from tests.support.front import Front, with_content

ROOT = Path(__file__).resolve().parents[3]
WRITERS = {
    "Directive": {"actions/drafting.py"},
    "Revision": {"actions/draft_rows.py"},
    "update": {"actions/changing.py", "actions/public_codes.py"},
}
"""Who makes or changes rows of which the words are made; the code on a paper is not among them."""
PROGRAMS = ("actions", "flows", "portal", "cli", "wiring")


def stored(front: Front, key: DirectiveId) -> str:
    with front.desk.database.reading() as session:
        return session.scalars(
            select(DirectiveWords.words).where(DirectiveWords.directive_id == key)
        ).one()


def is_current(front: Front) -> bool:
    """Whether every directive has the words that it would get now."""
    with front.desk.database.reading() as session:
        kept = {
            one.directive_id: (one.revision, one.words)
            for one in session.scalars(select(DirectiveWords))
        }
        return not behind(session, 10) and kept == {
            one.id: (
                one.revision,
                current_words(session, one, session.get_one(Revision, (one.id, one.revision))),
            )
            for one in session.scalars(select(Directive))
        }


def test_words_are_number_kind_subject_units_and_the_whole_text(front: Front) -> None:
    key = front.start(
        with_content(
            opening=(Paragraph(text="Đoạn mở đầu"),),
            closing=(Paragraph(text="Lời kết"),),
            annexes=(
                Annex(
                    label="Phụ lục I",
                    title="Biểu",
                    blocks=(Table(header=("Cột",), rows=(("Ô giữa",),)),),
                ),
            ),
        )
    )
    words = f" {stored(front, key)} "
    for said in (
        "hd btntu", "huong dan", "to chuc thuc hien ke hoach so 53 kh tu", "cac huyen uy",
        "huyen uy a", "doan mo dau", "bao cao ket qua", "loi ket", "cot o giua",
    ):  # fmt: skip
        assert f" {said} " in words
    assert " party " not in words
    assert is_current(front)


def test_every_deed_that_changes_words_keeps_them_and_a_refused_one_leaves_them(
    front: Front,
) -> None:
    key = front.submitted()
    return_draft(front.desk, front.form_reviewer, key, revision=1, reason="Sửa trích yếu.")
    before = stored(front, key)
    new = with_content(title="Nhan đề đã đổi")
    try:
        revise(front.desk, front.drafter, key, draft=new, note=" ")
    except InvalidInputError:
        assert stored(front, key) == before
    revise(front.desk, front.drafter, key, draft=new, note="Đổi trích yếu")
    assert "nhan de da doi" in stored(front, key)
    assert "ke hoach so 53" not in stored(front, key)
    assert is_current(front)
    second = front.approved()
    assert not stored(front, second).startswith("96 ")
    take_number(front.desk, front.clerk, second)
    assert stored(front, second).startswith("96 hd btntu ")
    assert is_current(front)


def test_nobody_else_writes_what_words_are_made_of() -> None:
    found: dict[str, set[str]] = {name: set() for name in WRITERS}
    for folder in PROGRAMS:
        for path in (ROOT / folder).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            if not any(word in source for word in ("Directive(", "Revision(", "(Directive)")):
                continue
            for call in ast.walk(ast.parse(source)):
                if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
                    continue
                name = call.func.id
                told = [one.id for one in call.args if isinstance(one, ast.Name)]
                if (name in WRITERS and name != "update") or (
                    name == "update" and told == ["Directive"]
                ):
                    found[name].add(str(path.relative_to(ROOT)))
    assert found == WRITERS


def test_words_that_are_behind_are_caught_up_with_once(front: Front) -> None:
    first, second, third = front.start(), front.start(), front.start()
    # As the version before this one would, which knows nothing of words.
    front.change(lambda session: session.execute(delete(DirectiveWords).where(
        DirectiveWords.directive_id == first)))  # fmt: skip
    front.change(lambda session: session.execute(update(Directive).where(
        Directive.id == second).values(number_text="7-HD/CU")))  # fmt: skip
    with front.desk.database.reading() as session:
        assert set(behind(session, 10)) == {first, second}
    assert catch_up(front.desk.database) == 2
    assert catch_up(front.desk.database) == 0
    assert stored(front, second).startswith("7 hd cu ")
    assert "53 kh tu" in stored(front, third)
    assert is_current(front)


def test_words_go_with_their_directive_and_the_index_with_them(front: Front) -> None:
    key = front.start()
    front.change(lambda session: session.execute(delete(DirectiveWords)))
    with front.desk.database.reading() as session:
        if session.get_bind().dialect.name == "sqlite":
            left = text("SELECT count(*) FROM directive_words_index "
                        "WHERE directive_words_index MATCH 'huong'")  # fmt: skip
            assert session.execute(left).scalar_one() == 0
        assert behind(session, 10) == [key]


def test_words_are_plain_whatever_was_written() -> None:
    assert list(folded_words("Hướng  dẫn\tĐÀ-LẠT số 96-HD/BTGTU")) == [
        "huong", "dan", "da", "lat", "so", "96", "hd", "btgtu",
    ]  # fmt: skip
    assert list(folded_words("ＡＢＣ ﬁ Straße")) == ["abc", "fi", "strasse"]
    assert all(one.isascii() and one.isalnum() for one in folded_words("日本 Ωmega їжак"))
    assert len(next(folded_words("a" * 500))) == LONGEST_WORD
    long = words_of(["Số 1"], {"text": ["tu " * (MOST_WORDS + 9)]})
    assert len(long.split()) == MOST_WORDS
    assert long.startswith("so 1 tu")
