"""A page of the product's own with its empty places, and how a revision is written over it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from signing.judge.file.document import open_document
from signing.judge.file.fields import list_fields
from signing.judge.file.objects import Ref, Stream
from signing.names import DATE_FIELD, NUMBER_FIELD
from signing.numbers.filling import date_value, filled_look, number_value
from tests.signing import makers, numbered
from tests.signing.attacks import letter
from tests.signing.makers import stream

Objects = dict[int, bytes]
VALUES = {
    NUMBER_FIELD: number_value(numbered.NUMBER),
    DATE_FIELD: date_value(numbered.DAY),
}


@dataclass(frozen=True)
class Paper:
    """A file, and where its fields are."""

    pdf: bytes

    def number(self, field: str) -> int:
        fields = list_fields(open_document(self.pdf).newest)
        return next(one.number for one in fields if one.name == field)

    def body(self, number: int) -> bytes:
        raw = open_document(self.pdf).newest.raw(number)
        return raw[raw.index(b"obj") + 3 : raw.rindex(b"endobj")].strip()

    def look(self, field: str) -> tuple[bytes, bytes]:
        """Keys and data of what a field shows."""
        document = open_document(self.pdf)
        view = document.newest
        found = next(one for one in list_fields(view) if one.name == field).dictionary
        assert isinstance(found["AP"], dict)
        reference = found["AP"]["N"]
        shown = view.get(reference)
        assert isinstance(shown, Stream)
        assert isinstance(reference, Ref)
        raw = self.body(reference.number)
        keys = raw[: raw.index(b"stream")].strip()
        return re.sub(rb"/Length \d+", b"", keys[2:-2]), document.stream_bytes(shown)

    @property
    def root(self) -> int:
        found = open_document(self.pdf).newest.trailer["Root"]
        assert isinstance(found, Ref)
        return found.number

    @property
    def trailer(self) -> bytes:
        return b"/Root %d 0 R" % self.root

    def next(self) -> int:
        return makers.next_number(self.pdf)

    def revise(self, objects: Objects) -> "Paper":
        return Paper(makers.revise(self.pdf, objects, trailer=self.trailer, streamed=True))

    def sign(
        self, field: str, objects: Mapping[int, bytes] | None = None, keys: bytes = b""
    ) -> "Paper":
        """Signs in an empty field, with a look of its own."""
        more = dict(objects or {})
        value = max(self.next(), max(more, default=0) + 1)
        number = self.number(field)
        shown = re.sub(rb"/AP\s*<<[^>]*>>", b"", more.get(number, self.body(number)))
        filled = shown[:-2] + b"/V %d 0 R/AP<</N %d 0 R>>>>" % (value, value + 1)
        written = {**more, number: filled, value + 1: letter.look(b"Signed")}
        return Paper(
            makers.sign(
                self.pdf, written, value=value, keys=keys, trailer=self.trailer, streamed=True
            )
        )

    def filling(
        self,
        values: Mapping[str, str],
        shown: Mapping[str, str] | None = None,
        keys: bytes = b"",
        first: int = 0,
    ) -> Objects:
        """Fields with their values, and looks that show these or others."""
        written: Objects = {}
        new = first or self.next()
        for field, value in values.items():
            look_keys, empty = self.look(field)
            drawn = filled_look(field, empty, (shown or values)[field])
            assert drawn is not None
            written |= self.filled(field, value, new, keys) | {new: stream(drawn, look_keys)}
            new += 1
        return written

    def filled(self, field: str, value: str, look: int, keys: bytes = b"") -> Objects:
        """A field that gets a value, and a look with a number of its own."""
        body = re.sub(rb"/AP\s*<<[^>]*>>|/V\s*\([^)]*\)", b"", self.body(self.number(field)))
        more = b"/V(%s)/AP<</N %d 0 R>>%s>>" % (value.encode(), look, keys)
        return {self.number(field): body[:-2] + more}


def blank() -> Paper:
    return Paper(numbered.open_page())
