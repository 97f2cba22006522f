"""A whole draft that comes at once, from a program: what it holds, in place of what stood there.

Kind, form and files stay the draft's own: kind and form are the office's to say, and a file is only
ever one that was brought to this very draft.
"""

from collections.abc import Iterator, Sequence

from actions.errors import InvalidInputError, Problem
from actions.working.body import Attached, Body, Items
from actions.working.outline import WANTED, renumber
from actions.working.typed import LONGEST, all_texts

OWN = frozenset({"regime", "doc_type", "attachments"})
"""What a draft keeps, whatever comes."""
_NAMES = {"o": "Phần mở đầu", "b": "Nội dung", "k": "Phần kết"}


def replace(body: Body, given: Body, files: Sequence[str] | None) -> None:
    """Puts a whole draft in the place of what stood there; headings that want a number get one.

    Args:
        body: of the draft; changed in place.
        given: what comes; kind, form and files of it are not taken.
        files: names of the files that stay, in their new order; None where all stay.

    Raises:
        InvalidInputError: a block cannot be so, or there is no such file; names each.
    """
    problems = [*_problems(given), *_missing(body, files or ())]
    if problems:
        raise InvalidInputError(*problems)
    for name in set(Body.model_fields) - OWN:
        setattr(body, name, getattr(given, name))
    for _, items in body.lists():
        if any(one.label == WANTED for one in items):
            renumber(items, body.doc_type)
    if files is not None:
        body.attachments = _kept(body, files)


def _kept(body: Body, files: Sequence[str]) -> list[Attached]:
    known = {one.name: one for one in body.attachments}
    return [known[name] for name in dict.fromkeys(files)]


def _missing(body: Body, files: Sequence[str]) -> Iterator[Problem]:
    known = {one.name for one in body.attachments}
    for name in files:
        if name not in known:
            reason = "Dự thảo không có tệp kèm này. Tải tệp lên trước."
            yield Problem(place=f"Tệp kèm “{name}”", reason=reason)


def _problems(given: Body) -> Iterator[Problem]:
    for text in all_texts(given):
        if len(text) > LONGEST:
            reason = f"Dài hơn {LONGEST} chữ. Tách thành nhiều đoạn."
            yield Problem(place=text[:40] + "…", reason=reason)
    for key, items in given.lists():
        name = _NAMES.get(key) or f"Phụ lục {int(key[1:]) + 1}"
        yield from _of_blocks(name, items)


def _of_blocks(name: str, items: Items) -> Iterator[Problem]:
    for number, one in enumerate(items, start=1):
        place = f"{name}, khối {number}"
        if one.kind == "heading" and one.level < 1:
            yield Problem(place=place, reason="Đề mục phải có cấp từ 1 trở đi.")
        if one.kind == "table" and not one.header:
            yield Problem(place=place, reason="Bảng phải có ít nhất một cột.")
        if one.kind == "table" and any(len(row) != len(one.header) for row in one.rows):
            yield Problem(place=place, reason="Mỗi dòng của bảng phải đủ số ô như dòng đầu.")
