"""Whether a signature allows what came after it. Source: ISO 32000-2, 12.8.2.2, 12.8.2.4."""

from __future__ import annotations

from typing import Final

from signing.judge.changes.shapes import Filled, Kind, Level, Step
from signing.judge.file.permissions import Permissions
from signing.judge.file.signatures import SignatureField
from signing.verdict import Finding
from signing.words import finding

_NO_CHANGES: Final = 1
_LOCKED: Final = "ô {name} đã bị khoá"
_NOTHING: Final = "chữ ký chứng nhận không cho phép thay đổi"
CHANGES: Final = {
    Kind.SIGNATURE_ADDED: "thêm chữ ký",
    Kind.TIMESTAMP_ADDED: "thêm dấu thời gian",
    Kind.FIELD_FILLED: "điền ô nhập",
    Kind.VALUE_CHANGED: "đổi giá trị ô nhập",
    Kind.ANNOTATION: "thêm hoặc đổi chú thích",
    Kind.PAGE_CONTENT: "đổi nội dung trang",
    Kind.ATTACHMENT: "thêm hoặc đổi tệp đính kèm",
    Kind.SCRIPT: "thêm hoặc đổi mã lệnh",
    Kind.EVIDENCE_ADDED: "thêm bằng chứng",
    Kind.METADATA: "đổi thông tin mô tả tệp",
    Kind.FORM: "đổi biểu mẫu",
    Kind.OTHER: "đổi đối tượng khác trong tệp",
}
"""Each kind of change in words."""

_NEW_FIELD: Final = "thêm ô chữ ký {name} sau chữ ký chứng nhận"


def allowed(signature: SignatureField, steps: tuple[Step, ...]) -> tuple[Finding, ...]:
    """The one finding about everything that came after a signature.

    1. Nothing came, or nothing that matters: `no_later_changes`, `permitted_changes`.
    2. The furthest of the later steps is beyond its DocMDP permission, or a field is filled that it
       locks: `changed_after_signing`.
    3. A value of another field changed, which nobody allowed expressly, or a directive of our own
       was filled in otherwise than it may be: `form_value_changed`.

    Args:
        signature: one of the file's.
        steps: of `judge_steps`, all of them.
    """
    later = [one for one in steps if one.revision > signature.revision]
    if not later:
        return (finding("no_later_changes"),)
    unknown = [kind for one in later if not one.understood for kind in _kinds(one)]
    if unknown or not all(one.understood for one in later):
        return (finding("changed_after_signing", detail=", ".join(dict.fromkeys(unknown))),)
    permissions = signature.permissions
    signed = [field for one in later for field in one.fields]
    values = [change for one in later for change in one.values]
    level = max(one.level for one in later)
    if permissions.doc_mdp == _NO_CHANGES and level > Level.EVIDENCE:
        return (finding("changed_after_signing", detail=_NOTHING),)
    against = _against(permissions, signed)
    locked = [one.detail for one in values if _locks(permissions, one.detail)]
    if against or locked:
        detail = against or _LOCKED.format(name=locked[0])
        return (finding("changed_after_signing", detail=detail),)
    wrong = {name for one in later for name in one.misfilled}
    if values and permissions.doc_mdp is None:
        wrong |= {one.detail for one in values}
    if wrong:
        return (finding("form_value_changed", fields=", ".join(sorted(wrong))),)
    filled = {one.name for one in signed} | {one.detail for one in values}
    return (finding("permitted_changes", detail=_permitted(filled)),)


def _kinds(step: Step) -> list[str]:
    return [CHANGES[one.kind] for one in step.changes] or [CHANGES[Kind.OTHER]]


def _against(permissions: Permissions, signed: list[Filled]) -> str:
    """What a later signature does that this one forbids; empty if nothing.

    A new field that shows nothing is no change of the form: so document time stamps are made.
    """
    for field in signed:
        silent = field.is_new and not field.visible
        if not silent and _locks(permissions, field.name):
            return _LOCKED.format(name=field.name)
        if field.is_new and field.visible and permissions.doc_mdp is not None:
            return _NEW_FIELD.format(name=field.name)
    return ""


def _locks(permissions: Permissions, name: str) -> bool:
    return any(one.covers(name) for one in permissions.locks)


def _permitted(filled: set[str]) -> str:
    if filled:
        return "thêm chữ ký hoặc dấu tại " + ", ".join(sorted(filled))
    return "thêm bằng chứng để kiểm tra lâu dài"
