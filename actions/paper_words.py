"""How papers beside the directives are described to people: in the portal and at a terminal."""

from collections.abc import Iterator
from typing import Final

from actions.paper_rows import state_words, waiting_file
from documents.copies import CopyForm
from models.paper import Paper

_KINDS: Final = {
    "copy": "Bản sao điện tử",
    "scan": "Bản sao từ giấy",
    "annex": "Phụ lục",
    "attachment": "Tệp đính kèm",
    "foreign": "Giấy tờ từ bên ngoài",
}
_HOW: Final = {
    "behind": "giữ nguyên tệp gốc, chữ ký của cơ quan ở phần thêm sau",
    "pages": "tệp mới từ các trang, bản gốc đính kèm trong tệp",
    "extract": "tệp mới chỉ gồm các trang được trích",
    "scan": "tệp mới từ bản quét",
}


def kind_words(paper: Paper) -> str:
    """What it is: "Bản sao điện tử (SAO Y)"."""
    kind = _KINDS.get(paper.kind, paper.kind)
    form = CopyForm(paper.copy_form).words if paper.copy_form else ""
    return f"{kind} ({form})" if form else kind


def warnings_of(paper: Paper) -> tuple[str, ...]:
    """What the clerk should weigh before signing."""
    return tuple(map(str, paper.details.get("warnings", ())))


def facts_of(paper: Paper) -> Iterator[tuple[str, str]]:
    """Yields what is known of a paper, label and value, without its warnings."""
    details = paper.details
    yield "Trạng thái", state_words(paper)
    if details.get("pages"):
        yield "Trích các trang", ", ".join(map(str, details["pages"]))
    if how := _HOW.get(details.get("how", "")):
        yield "Cách làm", how
    if block := details.get("block"):
        yield "Khối chữ", "; ".join((*block, "thời gian ký"))
    if details.get("decided_by"):
        yield "Người quyết định sao", details["decided_by"]
    yield "SHA-256 nguồn", paper.source_sha256
    if digest := waiting_file(paper):
        yield "SHA-256 bản hiện hành", digest
