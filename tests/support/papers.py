"""What the tests of copies and annexes share."""

import io
import uuid

import typst
from PIL import Image, ImageDraw

from actions.copying import CopyOrder
from actions.paper_signing import complete_paper, sign_paper
from documents.copies import CopyForm
from models.paper import Paper
from signing.request import SignatureKind
from tests.support.desk import FONTS
from tests.support.front import Front
from tests.support.signing_office import PIN

A4_200_DPI = (1654, 2339)


def order(form: CopyForm = CopyForm.SAO_Y, **changes: object) -> CopyOrder:
    values = {"form": form, "name": "Kế hoạch 53-KH/TU", "decided_by": "Chánh văn phòng"}
    return CopyOrder(**(values | changes))  # type: ignore[arg-type] # fields by name


def plain_pdf(pages: int = 3, *, top: str = "25mm", extra: str = "") -> bytes:
    """A PDF of another office, without signatures."""
    body = "#pagebreak()".join(
        f"Trang {page} của kế hoạch tuyên truyền năm 2022. " * 20 for page in range(1, pages + 1)
    )
    source = f'#set page(paper: "a4", margin: (top: {top}, rest: 25mm))\n{extra}'
    source += f'#set text(font: "Tinos", lang: "vi")\n{body}'
    made = typst.compile(
        source.encode(),
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)]),
    )
    assert isinstance(made, bytes)
    return made


def sheet(size: tuple[int, int] = A4_200_DPI, mode: str = "RGB") -> Image.Image:
    """A scanned sheet: lines of text, a red seal, a blue signature."""
    width, height = size
    page = Image.new("RGB", size, (250, 249, 245))
    pen = ImageDraw.Draw(page)
    for line in range(14):
        y = height * (0.12 + 0.04 * line)
        pen.line(
            [(width * 0.15, y), (width * 0.9, y)], fill=(40, 40, 40), width=max(2, width // 300)
        )
    pen.ellipse(
        [width * 0.5, height * 0.75, width * 0.7, height * 0.9], outline=(190, 20, 30), width=6
    )
    pen.line(
        [(width * 0.6, height * 0.85), (width * 0.85, height * 0.8)], fill=(30, 60, 160), width=6
    )
    return page.convert(mode)


def scan(
    kind: str = "PNG",
    *,
    dpi: int | None = 200,
    size: tuple[int, int] = A4_200_DPI,
    mode: str = "RGB",
) -> bytes:
    out = io.BytesIO()
    options = {} if dpi is None else {"dpi": (dpi, dpi)}
    sheet(size, mode).save(out, format=kind, **options)
    return out.getvalue()


def paper_of(front: Front, paper_id: uuid.UUID) -> Paper:
    with front.desk.database.reading() as session:
        return session.get_one(Paper, paper_id)


def signs_paper(front: Front, paper_id: uuid.UUID, **changes: object) -> None:
    """The clerk signs what is prepared."""
    paper = paper_of(front, paper_id)
    kind = next(iter(paper.details["fields"]))
    values = {
        "kind": SignatureKind(kind),
        "pin": PIN,
        "seen_sha256": paper.signed_sha256 or paper.prepared_sha256 or "",
        **changes,
    }
    sign_paper(front.desk, front.clerk, paper_id, **values)  # type: ignore[arg-type] # by name


def certified(front: Front, paper_id: uuid.UUID) -> bytes:
    """The paper's file after the clerk and the machine have done their part."""
    signs_paper(front, paper_id)
    complete_paper(front.desk, paper_id)
    paper = paper_of(front, paper_id)
    assert paper.state == "signed"
    return front.desk.archive.get(paper.signed_sha256 or "")
