"""What comes out of a child that a file has taken over never raises anything but ValueError."""

import contextlib
import json

from hypothesis import given
from hypothesis import strategies as some

from signing.compare.transport import dump_comparison, load_comparison
from signing.records.parts import load_parts

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.dictionaries(
            some.sampled_from(
                ["pages", "png", "before", "after", "compared", "fault", "kind", "boxes"]
            ),
            inner,
            max_size=8,
        )
    ),
    max_leaves=12,
)


@given(JSON, some.binary(max_size=20))
def test_any_json_is_read_or_refused(value: object, tail: bytes) -> None:

    answer = json.dumps(value).encode() + b"\n" + tail
    with contextlib.suppress(ValueError):
        load_parts(answer)
    with contextlib.suppress(ValueError):
        load_comparison(answer)


@given(some.binary(max_size=60))
def test_any_bytes_are_read_or_refused(answer: bytes) -> None:
    with contextlib.suppress(ValueError):
        load_parts(answer)
    with contextlib.suppress(ValueError):
        assert load_comparison(dump_comparison(load_comparison(answer))) is not None
