"""Our own judge: sure, refusing or unsure, and what people learn of a file all the same."""

from collections.abc import Callable

import pytest

from signing.judge.own import read_own
from signing.policy import INTEGRITY
from signing.verdict import Verdict
from tests.signing.attacks import content, forms, letter, structure
from tests.signing.mutating import holds


def test_what_it_is_sure_of_needs_nobody_else() -> None:
    answer = read_own(letter.sealed(), INTEGRITY)
    assert answer.reading is not None
    assert holds(answer.reading)
    assert (answer.refusals, answer.unsure) == ((), "")
    assert [one.field for one in answer.reading.parts] == ["Officer", "Seal"]
    officer, seal = answer.reading.parts
    assert seal.signed_length == len(letter.sealed())
    assert [one.kind for one in officer.changes] == ["signature_added"]


@pytest.mark.parametrize("attack", [structure.object_in_gap, forms.page_sized_new_field])
def test_of_a_refused_file_the_signatures_are_told_and_the_refusal_stands(
    attack: Callable[[bytes], bytes],
) -> None:
    answer = read_own(attack(letter.sealed()), INTEGRITY)
    assert answer.refusals
    assert answer.reading is not None
    assert answer.reading.findings == answer.refusals
    assert not holds(answer.reading)
    assert all(one.message is not None for one in answer.reading.parts)


def test_what_it_does_not_understand_it_leaves_to_the_library() -> None:
    answer = read_own(content.annotation_free_text(letter.sealed()), INTEGRITY)
    assert answer.reading is None
    assert answer.refusals == ()
    assert answer.unsure.startswith("unexplained_change")


def test_a_file_without_any_signature_is_unsigned() -> None:
    answer = read_own(letter.unsigned(), INTEGRITY)
    assert answer.reading is not None
    assert [one.effect for one in answer.reading.findings] == [Verdict.UNSIGNED]
