"""A case of a document that was made to be attacked later, and how such a one is signed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.signing import makers
from tests.signing.attacks import letter

Make = Callable[[], bytes]


@dataclass(frozen=True)
class Case:
    name: str
    control: Make
    attack: Make


def trap(extra: Mapping[int, bytes] | None = None, trailer: bytes = b"", **changed: bytes) -> bytes:
    """The letter with some objects otherwise, and further ones; signed by the officer."""
    objects = {**letter.objects(**changed), **(extra or {})}
    return letter.sign_officer(makers.base(objects, trailer=b"/Info 10 0 R" + trailer))
