"""Codes on papers: not to be guessed, typed without mistakes, and given once."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdfium2 import PdfDocument
from sqlalchemy import update

from actions.freezing import freeze
from actions.public_codes import (
    ALPHABET,
    LENGTH,
    code_to_print,
    new_code,
    read_code,
    shown_code,
)
from models.directive import Directive
from models.organisation import Office
from tests.support.front import Front

CODES = st.builds(lambda _: new_code(), st.integers())


@given(code=CODES)
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    for typed in (code, shown_code(code), code.lower(), f" {code[:3]} {code[3:]}\n"):
        assert read_code(typed) == code


@given(code=CODES, place=st.integers(0, LENGTH - 1), other=st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(code: str, place: int, other: str) -> None:
    wrong = code[:place] + other + code[place + 1 :]
    assert read_code(wrong) == (code if other == code[place] else None)


@given(code=CODES, one=st.integers(0, LENGTH - 1), two=st.integers(0, LENGTH - 1))
def test_two_characters_that_changed_places_are_always_noticed(
    code: str, one: int, two: int
) -> None:
    moved = list(code)
    moved[one], moved[two] = moved[two], moved[one]
    wrong = "".join(moved)
    assert read_code(wrong) == (code if wrong == code else None)


@pytest.mark.parametrize("typed", ["", "7K2PQ", "0IOL1-00000", "7" * 41, "а" * 10, "\x00" * 10])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_codes_do_not_follow_from_each_other() -> None:
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    # Every drawn place takes every value about equally often: nothing counts up.
    for place in range(LENGTH):
        seen = [sum(code[place] == one for code in codes) for one in ALPHABET]
        assert min(seen) > 20
        assert max(seen) < 140


ADDRESS = "https://van-ban.example/that"


def test_a_paper_bears_one_code_however_often_it_is_set(front: Front) -> None:
    desk = replace(front.desk, public_address=ADDRESS)
    key = front.numbered()
    freeze(desk, key)
    code = front.directive(key).public_code
    assert code is not None
    assert read_code(code) == code
    front.change(lambda s: s.execute(update(Directive).values(frozen_sha256=None)))
    again = desk.archive.get(freeze(desk, key))
    assert front.directive(key).public_code == code
    with PdfDocument(again) as pdf:
        words = "".join(page.get_textpage().get_text_range() for page in pdf)
    assert shown_code(code) in words


def test_a_code_that_another_paper_bears_is_drawn_again(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = replace(front.desk, public_address=ADDRESS)
    taken, free = new_code(), new_code()
    drawn = iter([taken, taken, free])
    monkeypatch.setattr("actions.public_codes.new_code", lambda: next(drawn))
    one, two = front.numbered(), front.numbered()
    assert code_to_print(desk, one) == taken
    assert code_to_print(desk, two) == free


def test_an_office_that_wants_none_prints_none(front: Front) -> None:
    desk = replace(front.desk, public_address=ADDRESS)
    front.change(lambda s: s.execute(update(Office).values(code_printed=False)))
    key = front.numbered()
    freeze(desk, key)
    assert front.directive(key).public_code is None
    assert code_to_print(front.desk, key) is None  # nor does a desk without an address
