"""The child that opens PDF, DOCX and images: `python -m documents.intake.extract KIND PATH …`.

It limits itself before a parser sees a byte, writes the text as UTF-8 to standard output and ends.
Parsers are imported after the limits are set. Not meant to be called by people.
"""

import os
import resource
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_MAX_PAGES: Final = 1_000
_MAX_SCANNED: Final = 60
"""Pages of a scan that are read; a directive has fewer."""
_SCAN_SCALE: Final = 200 / 72
"""200 points to the inch."""
_MOST_PIXELS: Final = 4_000
_MAX_CHARACTERS: Final = 5_000_000
_LAYOUT_ROWS: Final = 3
_ARGUMENTS: Final = 5


def limit(memory_bytes: int, cpu_s: int) -> None:
    """Limit memory, processor time and files of this process for good."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def tell(page: int, count: int) -> None:
    """Say on standard error which page is being read; `documents.intake.child` listens."""
    sys.stderr.write(f"page {page}/{count}\n")
    sys.stderr.flush()


def pdf_text(path: Path) -> Iterator[str]:
    """Yield the text of each page."""
    import pypdfium2  # noqa: PLC0415 - after the limits are set

    from documents.intake.filled import field_values, put_back  # noqa: PLC0415 - same

    document = pypdfium2.PdfDocument(path)
    document.init_forms()  # needed to ask for the values of fields
    for index in range(min(len(document), _MAX_PAGES)):
        tell(index + 1, len(document))
        page = document[index]
        text = page.get_textpage().get_text_range()
        yield put_back(text, field_values(document, page)) + "\f"


def docx_text(path: Path) -> Iterator[str]:
    """Yield paragraphs and tables in the order of the document."""
    import docx  # noqa: PLC0415 - after the limits are set
    from docx.text.paragraph import Paragraph as DocxParagraph  # noqa: PLC0415 - same

    document = docx.Document(str(path))
    for block in document.iter_inner_content():
        if isinstance(block, DocxParagraph):
            yield f"{_paragraph(block)}\n\n"
        else:
            yield from _table(block)
            yield "\n"


def _paragraph(paragraph: "Paragraph") -> str:
    """Return the words of a paragraph; a list's own dash is not part of them and is put back."""
    text: str = paragraph.text.strip()
    # python-docx has no public way to see that a paragraph belongs to a list.
    properties = paragraph._p.pPr  # noqa: SLF001
    listed = properties is not None and properties.numPr is not None
    bullet = listed or str(paragraph.style.name if paragraph.style else "").startswith("List")
    return f"- {text}" if bullet and text and text[0] not in "-–+•" else text


def _table(table: "Table") -> Iterator[str]:
    """Yield a layout table (header, end block) cell by cell, a table of data row by row."""
    rows = [list(dict.fromkeys(row.cells)) for row in table.rows]
    layout = len(rows) <= _LAYOUT_ROWS and any(
        len(cell.paragraphs) > 1 for row in rows for cell in row
    )
    for row in rows:
        cells = [[_paragraph(p) for p in cell.paragraphs] for cell in row]
        if layout:
            yield from (f"{line}\n" for cell in cells for line in cell)
        else:
            yield "\t".join(" ".join(cell) for cell in cells) + "\n"


def image_text(path: Path, tesseract: str) -> None:
    """Become tesseract: limits and standard output stay. Does not return."""
    os.execv(  # noqa: S606 - the path found by the parent, no shell
        tesseract, [tesseract, str(path), "stdout", "-l", "vie", "--psm", "4"]
    )


def scan_text(path: Path, tesseract: str) -> Iterator[str]:
    """Yield the text of each page of a PDF that holds pictures; children keep the limits."""
    import subprocess  # noqa: PLC0415 - after the limits are set

    import pypdfium2  # noqa: PLC0415 - same

    document = pypdfium2.PdfDocument(path)
    for index in range(min(len(document), _MAX_SCANNED)):
        tell(index + 1, len(document))
        picture = path.with_name(f"page-{index}.png")
        page = document[index]
        longest = max(page.get_width(), page.get_height()) or 1.0
        # A page that claims to be as large as a wall is read as small as it can be read.
        scale = min(_SCAN_SCALE, _MOST_PIXELS / longest)
        page.render(scale=scale, grayscale=True).to_pil().save(picture)
        command = [tesseract, str(picture), "stdout", "-l", "vie", "--psm", "4"]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - as above
        picture.unlink()
        yield done.stdout.decode("utf-8", "replace") + "\f"


def main(arguments: list[str]) -> int:
    """Extract one file."""
    if len(arguments) != _ARGUMENTS:
        return 64
    kind, path, memory, cpu, tesseract = arguments
    limit(int(memory), int(cpu))
    if kind == "image":
        image_text(Path(path), tesseract)
    readers: dict[str, Callable[[Path], Iterator[str]]] = {"pdf": pdf_text, "docx": docx_text}
    if kind == "scan":
        readers[kind] = partial(scan_text, tesseract=tesseract)
    written = 0
    for piece in readers[kind](Path(path)):
        written += len(piece)
        if written > _MAX_CHARACTERS:
            sys.stderr.write("more text than a paper can hold\n")
            return 1
        sys.stdout.write(piece.encode("utf-8", "replace").decode("utf-8"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
