"""How large a rectangle is; one that is none counts as larger than any page."""

from math import inf

import pytest

from signing.judge.changes.looks import area
from signing.judge.file.document import open_document
from signing.judge.file.objects import Name, Obj
from tests.signing.judge_file import files

VIEW = open_document(files.plain()).newest


@pytest.mark.parametrize(
    ("rectangle", "size"),
    [
        (None, 0),
        ([0, 0, 2, 3.5], 7),
        ([2, 3.5, 0, 0], 7),
        ([0, 0, 2], inf),
        ([0, 0, 2, Name("A")], inf),
        ([0, 0, 2, Name("A"), 3], inf),
        (Name("A"), inf),
    ],
)
def test_the_size_of_a_rectangle(rectangle: Obj, size: float) -> None:
    assert area(VIEW, rectangle) == size
