"""One pass gives the digests that many passes give."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.judge.digests import Digests, Range

HASHES = ("sha256", "sha1", "sha384", "sha512", "sha3_256")


@st.composite
def files_with_ranges(draw: st.DrawFn) -> tuple[bytes, list[Range]]:
    data = draw(st.binary(min_size=1, max_size=300))
    place = st.integers(0, len(data))
    triples = draw(st.lists(st.tuples(place, place, place), max_size=4))
    return data, [Range(*sorted(one)) for one in triples]


@given(file=files_with_ranges(), hash_name=st.sampled_from(HASHES))
def test_each_range_has_the_digest_of_its_bytes(
    file: tuple[bytes, list[Range]], hash_name: str
) -> None:
    data, ranges = file
    digests = Digests(data, ranges)
    for one in ranges:
        signed = data[: one.gap] + data[one.resumes : one.end]
        assert digests.of(one, hash_name) == hashlib.new(hash_name, signed).digest()


def test_ed448_signs_sixty_four_bytes_of_shake() -> None:
    one = Range(2, 3, 5)
    expected = hashlib.shake_256(b"abde").digest(64)
    assert Digests(b"abcde", [one]).of(one, "shake_256") == expected


def test_an_unknown_hash_is_an_error() -> None:
    one = Range(0, 0, 1)
    with pytest.raises(ValueError, match="unsupported"):
        Digests(b"a", [one]).of(one, "sha7")
