"""The one way in which this room appends to a PDF."""

from __future__ import annotations

import io

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from typing_extensions import override


class RevisionWriter(IncrementalPdfFileWriter):
    """Appends a revision and leaves the document's own metadata as they are.

    The library would write the machine's clock and its own name into XMP and /Info at each save.
    Dates of a directive come from its acts, and PDF/A wants the two to agree.
    """

    @override
    def _update_meta(self) -> None:
        """Nothing: see the class."""


def open_writer(pdf: bytes) -> RevisionWriter:
    """A writer over a document in memory; it goes on with the kind of table that is there.

    Lenient in reading (papers from outside come out of Word as hybrids): what the bytes are worth
    is said by our judge, before and after.
    """
    return RevisionWriter(io.BytesIO(pdf), strict=False)


def finish(writer: RevisionWriter) -> bytes:
    """The document with the new revision at its end."""
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]  # no types there
    return out.getvalue()
