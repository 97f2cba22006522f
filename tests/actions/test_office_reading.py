"""Whatever bytes are brought as an office file: they are read, or refused with place and reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.office_file.reading import read_entries
from tests.support.office_texts import OFFICE


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (b"[office]\n" + b".".join([b"a"] * 100_000) + b"=1", "dòng 2", "nối bằng dấu chấm"),
        (b"a = " + b"[" * 100_000 + b"]" * 100_000, "cả tệp", "quá nhiều tầng"),
        (b"a = " + b"9" * 1_000_000, "cả tệp", "số dài"),
        (b'a = "' + b"a" * 1_000_000 + b".b" * 16 + b'"', "dòng 1", "nối bằng dấu chấm"),
    ],
    ids=["a name of names", "brackets in brackets", "a long number", "words and dots"],
)
def test_a_file_made_to_eat_the_machine_is_refused_at_once(
    data: bytes, place: str, reason: str
) -> None:
    (problem,) = read_entries(data).problems
    assert (problem.place, reason in problem.reason) == (place, True)


def test_names_and_addresses_with_many_dots_are_read() -> None:
    """Short of sixteen parts nothing is suspected: an address of the internet has four."""
    text = 'x = "http://a.b.c.d.e.example/v1.0.2?f=tep.tar.gz ............................"'
    assert "nối bằng dấu chấm" not in str(read_entries(text.encode()).problems)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    read = read_entries(data)
    assert (read.entries is None) == bool(read.problems)


@given(st.integers(0, len(OFFICE) - 1), st.integers(1, 40))
def test_no_cut_makes_the_reader_raise(start: int, length: int) -> None:
    read_entries((OFFICE[:start] + OFFICE[start + length :]).encode())
