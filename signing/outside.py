"""One more signature of ours on a paper from outside that bears signatures already.

What is there is not touched: a field is appended, or an empty one that the paper brings is used,
and `signing.sign` fills it with an ordinary signature. Where an earlier signature forbids that,
the paper is refused with the reason; where it cannot be told, nothing is signed.

1. `survey`  what the earlier signatures are, and what they leave open. Asks nobody.
2. `open_field`  the paper with the field, in a revision of its own of the same kind.
3. `compare`  after signing: is every earlier signature what it was before?

Source: ISO 32000-2, 12.8.2.2 (DocMDP), 12.8.2.4 (FieldMDP), 7.5.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import (
    InvisSigSettings,
    SigFieldSpec,
    append_signature_field,
    enumerate_sig_fields,
)
from typing_extensions import override

from signing.errors import SigningError
from signing.fields import SignatureFieldBox
from signing.outcome import SignatureReport, VerificationReport
from signing.verdict import Verdict, worst
from signing.writer import RevisionWriter, finish, open_writer

APPROVAL_FIELD: Final = "ChuKyThem"
"""Where an officer of ours signs a paper from outside; a number follows where it is taken."""

AGENCY_FIELD: Final = "DauThem"
"""Where our agency does."""

_NO_CHANGES: Final = 1
_FORM_FILLING: Final = 2
_DEEPEST: Final = 32


class Obstacle(StrEnum):
    """Why a paper from outside cannot be signed."""

    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    DAMAGED = "damaged"
    BROKEN = "earlier_broken"
    NO_CHANGES = "no_changes"
    LOCKED = "locked"
    HARMS = "harms"


_SENTENCES: Final = {
    Obstacle.ENCRYPTED: "Tệp PDF bị đặt mật khẩu hoặc hạn chế. "
    "Việc cần làm: xin bản không đặt mật khẩu.",
    Obstacle.UNREADABLE: "Không đọc được tệp PDF ({detail}). "
    "Việc cần làm: xin lại bản gốc từ nơi gửi.",
    Obstacle.DAMAGED: "Cấu trúc tệp bị hỏng hoặc bị sửa ({detail}); ký thêm có thể làm mất chữ ký "
    "đang có. Việc cần làm: xin lại bản gốc từ nơi gửi.",
    Obstacle.BROKEN: "Chữ ký đang có tại ô “{detail}” không còn đúng; ký thêm là xác nhận một tệp "
    "đã bị sửa. Việc cần làm: xin lại bản gốc từ nơi gửi.",
    Obstacle.NO_CHANGES: "Chữ ký chứng nhận tại ô “{detail}” không cho phép thêm gì vào tệp, kể cả "
    "chữ ký. Việc cần làm: ký vào văn bản riêng kèm theo tệp này.",
    Obstacle.LOCKED: "Chữ ký tại ô “{detail}” đã khoá các ô của tệp. "
    "Việc cần làm: ký vào văn bản riêng kèm theo tệp này.",
    Obstacle.HARMS: "Ký thêm sẽ làm chữ ký đang có tại ô “{detail}” không còn như trước. "
    "Việc cần làm: ký vào văn bản riêng kèm theo tệp này.",
}


class OutsideRefusedError(SigningError):
    """The paper cannot take a signature of ours without harm."""

    code = "outside_refused"

    def __init__(self, obstacle: Obstacle, detail: str = "") -> None:
        self.obstacle = obstacle
        self.detail = detail
        super().__init__(f"{obstacle.value}: {detail}" if detail else obstacle.value)

    @override
    def diagnosis(self) -> str:
        return _SENTENCES[self.obstacle].format(detail=self.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the signatures of a paper leave open to a further one."""

    signed: tuple[str, ...]
    """Fields with a signature, document time stamps among them."""

    empty: tuple[str, ...]
    """Signature fields without one that no earlier signature locks."""

    certified: bool
    """An earlier signature has a DocMDP permission: nothing visible may be added."""

    locks_all: str
    """The field whose signature locks all fields there are; empty where none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPaper:
    """A paper with an empty field for us."""

    pdf: bytes
    """Begins with the given bytes; the very same where the paper brings a field."""

    field: str
    visible: bool


def survey(pdf: bytes, before: VerificationReport) -> Survey:
    """What a paper's signatures leave open.

    Args:
        pdf: The paper.
        before: What our judge said of it; read in the sandbox, before anything else looks at it.

    Raises:
        OutsideRefusedError: Encrypted, damaged, already broken, or closed by a certification.
    """
    _refuse_judged(before)
    try:
        reader = open_writer(pdf).prev
        if reader.encrypted:
            raise OutsideRefusedError(Obstacle.ENCRYPTED)
        return _survey(reader)
    except (PdfError, ValueError, KeyError, TypeError, IndexError, AttributeError) as err:
        raise OutsideRefusedError(Obstacle.UNREADABLE, type(err).__name__) from err


def _refuse_judged(before: VerificationReport) -> None:
    for one in before.findings:
        if one.code in {"encrypted", "password_wrong", "decrypted"}:
            raise OutsideRefusedError(Obstacle.ENCRYPTED)
        if one.effect in {Verdict.FAILED, Verdict.UNREADABLE, Verdict.INDETERMINATE}:
            raise OutsideRefusedError(Obstacle.DAMAGED, one.message.rstrip("."))
    for signature in before.signatures:
        if signature.verdict is Verdict.FAILED:
            raise OutsideRefusedError(Obstacle.BROKEN, signature.field)


def _survey(reader: PdfFileReader) -> Survey:
    signed: list[str] = []
    empty: list[str] = []
    permissions: list[int] = []
    locks: list[tuple[str, Mapping[str, Any]]] = []
    for name, value, holder in enumerate_sig_fields(reader):
        field = holder.get_object()
        if value is None:
            empty.append(name)
            continue
        signed.append(name)
        for level, lock in _terms(field, value.get_object()):
            if level == _NO_CHANGES:
                raise OutsideRefusedError(Obstacle.NO_CHANGES, name)
            permissions += [level] if level is not None else []
            locks += [(name, lock)] if lock is not None else []
    return Survey(
        signed=tuple(signed),
        empty=tuple(one for one in empty if not any(_locks(lock, one) for _, lock in locks)),
        certified=bool(permissions),
        locks_all=next((name for name, lock in locks if _plain(lock.get("/Action")) == "/All"), ""),
    )


def _terms(
    field: generic.DictionaryObject, value: generic.DictionaryObject
) -> list[tuple[int | None, Mapping[str, Any] | None]]:
    """The permissions and the locks of one signature. Source: ISO 32000-2, tables 236, 256-259."""
    found: list[tuple[int | None, Mapping[str, Any] | None]] = []
    lock = _plain(field.get("/Lock"))
    if isinstance(lock, generic.DictionaryObject):
        found.append((_level(lock, None), lock))
    for one in _plain(value.get("/Reference")) or ():
        reference = _plain(one)
        parameters = _plain(reference.get("/TransformParams")) or {}
        if _plain(reference.get("/TransformMethod")) == "/DocMDP":
            found.append((_level(parameters, _FORM_FILLING), None))
        elif _plain(reference.get("/TransformMethod")) == "/FieldMDP":
            found.append((None, parameters))
    return found


def _plain(value: Any) -> Any:  # noqa: ANN401 (any object of a PDF)
    """A value with its references followed; the library leaves some."""
    for _ in range(_DEEPEST):
        if not isinstance(value, generic.IndirectObject):
            return value
        value = value.get_object()  # type: ignore[no-untyped-call]  # no types there
    raise ValueError("references without end")


def _level(terms: Mapping[str, Any], default: int | None) -> int | None:
    level = _plain(terms.get("/P"))
    return default if level is None else int(level)


def _locks(lock: Mapping[str, Any], name: str) -> bool:
    listed = [str(_plain(one)) for one in _plain(lock.get("/Fields")) or ()]
    named = any(name == one or name.startswith(f"{one}.") for one in listed)
    action = _plain(lock.get("/Action"))
    return bool(action == "/All" or named == (action == "/Include"))


def open_field(
    pdf: bytes,
    found: Survey,
    *,
    name: str,
    box: SignatureFieldBox | None = None,
    into: str | None = None,
) -> OpenedPaper:
    """Gives a paper the field that is to be signed.

    Args:
        pdf: The paper.
        found: Of `survey`.
        name: Of a new field; a number follows where it is taken.
        box: Where the signature is to be seen; None for one that shows nothing. After a
            certification nothing new may be seen, and the box is not used.
        into: Name of an empty field that the paper brings, to be used instead.

    Raises:
        OutsideRefusedError: No such open field, or a field cannot be added.
    """
    if into is not None:
        if into not in found.empty:
            raise OutsideRefusedError(Obstacle.LOCKED, into)
        return OpenedPaper(pdf=pdf, field=into, visible=_is_visible(pdf, into))
    if found.locks_all:
        raise OutsideRefusedError(Obstacle.LOCKED, found.locks_all)
    shown = None if found.certified else box
    free = _free(name, {*found.signed, *found.empty})
    try:
        writer = open_writer(pdf)
        page = shown.page - 1 if shown is not None else 0
        corners = shown.corners() if shown is not None else None
        spec = SigFieldSpec(free, on_page=page, box=corners, invis_sig_settings=InvisSigSettings())
        append_signature_field(writer, spec)
        _without_look(writer, free)
        return OpenedPaper(pdf=finish(writer), field=free, visible=shown is not None)
    except (PdfError, ValueError, KeyError, TypeError, IndexError, AttributeError) as err:
        raise OutsideRefusedError(Obstacle.UNREADABLE, type(err).__name__) from err


def _without_look(writer: RevisionWriter, name: str) -> None:
    """After a signature a field with a look, even an empty one, is a change of the page."""
    holder = next(one for found, _, one in enumerate_sig_fields(writer) if found == name)
    holder.get_object().pop("/AP", None)


def _is_visible(pdf: bytes, name: str) -> bool:
    reader = open_writer(pdf).prev
    holder = next(one for found, _, one in enumerate_sig_fields(reader) if found == name)
    x1, y1, x2, y2 = (float(one) for one in holder.get_object().get("/Rect", (0, 0, 0, 0)))
    return bool((x2 - x1) * (y2 - y1))


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name}{number}", number + 1
    return free


def compare(before: VerificationReport, after: VerificationReport, *, field: str) -> None:
    """Insists that every earlier signature is what it was, and that ours alone came.

    Args:
        before: The judgement of the paper as it came.
        after: The judgement of the signed paper, by the same policy at the same instant.
        field: Where we signed.

    Raises:
        OutsideRefusedError: An earlier signature is worse off or gone, ours does not hold, or
            something is wrong with the file.
    """
    compare_unsigned(before, after)
    added = {one.field for one in after.signatures if one.kind == "signature"} - {
        one.field for one in before.signatures
    }
    ours = next((one for one in after.signatures if one.field == field), None)
    if added != {field} or ours is None or ours.verdict is Verdict.FAILED:
        raise OutsideRefusedError(Obstacle.HARMS, field)


def compare_unsigned(before: VerificationReport, after: VerificationReport) -> None:
    """Insists that the empty field alone has harmed no signature.

    Raises:
        OutsideRefusedError: An earlier signature is worse off or gone, or the file is.
    """
    now = {one.field: one for one in after.signatures}
    for one in before.signatures:
        if one.field not in now or not _is_as_good(one, now[one.field]):
            raise OutsideRefusedError(Obstacle.HARMS, one.field)
    _refuse_file(after)


def _refuse_file(after: VerificationReport) -> None:
    for found in after.findings:
        if found.effect in {Verdict.FAILED, Verdict.UNREADABLE, Verdict.INDETERMINATE}:
            raise OutsideRefusedError(Obstacle.DAMAGED, found.message.rstrip("."))


def _is_as_good(before: SignatureReport, now: SignatureReport) -> bool:
    same = before.certificate_sha256_hex == now.certificate_sha256_hex
    return same and worst((before.verdict, now.verdict)) is before.verdict
