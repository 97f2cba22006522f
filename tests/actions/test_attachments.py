"""Files that travel beside a directive, and what strangers say that they are."""

from dataclasses import replace

import pytest

from actions.draft import NewAttachment
from actions.pages import attachments_of
from delivery.names import ANY_KIND
from tests.support.front import DRAFT, Front


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("text/plain; charset=utf-8", "text/plain"),
        *((odd, ANY_KIND) for odd in ("x", "", "a/" + "b" * 300, "text/ư", "a/b\r\nX: y")),
    ],
)
def test_what_a_stranger_says_that_a_file_is_goes_into_no_letter_unless_it_is_a_kind(
    front: Front, said: str, kept: str
) -> None:
    odd = NewAttachment(name="a.bin", media_type=said, content=b"bytes")
    key = front.start(replace(DRAFT, attachments=(odd,)))
    with front.desk.database.reading() as session:
        files = attachments_of(session, front.directive(key))
    assert [file.media_type for file in files] == [kept]
