"""The words of the letters that chase: built-in texts, and the office's own in their place.

A template is a text with named fields: `{don_vi}`. Nothing else is understood: no conditions, no
code. An unknown field is refused when the template is set; a field that must stand is named.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from actions.reminding.built_in import BUILT_IN, FIELDS, BuiltIn
from models.organisation import LetterTemplate

_FIELD = re.compile(r"\{([^{}]*)\}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
MOST_SUBJECT, MOST_TEXT = 300, 20_000
"""Characters of an office's own template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Subject and text with named fields."""

    key: str
    subject: str
    text: str
    own: bool
    """True where the office has put its own words in place of the built-in ones."""


def template_of(session: Session, key: str) -> Template:
    """Returns the office's own template, else the built-in one."""
    row = session.get(LetterTemplate, key)
    if row is not None:
        return Template(key=key, subject=row.subject, text=row.text, own=True)
    known = BUILT_IN[key]
    return Template(key=key, subject=known.subject, text=known.text, own=False)


def fill(template: Template, values: Mapping[str, str]) -> tuple[str, str]:
    """Returns subject (one line) and text with every field filled; a value is never read again."""
    subject = _filled(template.subject, values)
    return " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", _filled(template.text, values))


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda found: values.get(found[1], found[0]), text)


def problems(key: str, subject: str, text: str) -> list[str]:
    """Returns what keeps a template from being used, one sentence each."""
    if _UNSEEN.search(subject + text):
        return ["Có ký tự điều khiển không nhìn thấy được; gõ lại đoạn đã dán."]
    known = BUILT_IN[key]
    used = [found[1] for found in _FIELD.finditer(subject + text)]
    said = [
        f"Không có trường “{{{name}}}”; các trường dùng được: {_listed(known)}."
        for name in dict.fromkeys(used)
        if name not in known.fields
    ]
    in_text = {found[1] for found in _FIELD.finditer(text)}
    said += [
        f"Nội dung thiếu trường “{{{name}}}” ({FIELDS[name]})."
        for name in known.needed
        if name not in in_text
    ]
    if re.search(r"[{}]", _FIELD.sub("", subject + text)):
        said.append("Có dấu ngoặc nhọn lẻ; viết trường theo dạng {ten_truong}.")
    if not subject.strip() or "\n" in subject.strip() or len(subject) > MOST_SUBJECT:
        said.append(f"Tiêu đề phải có đúng một dòng, nhiều nhất {MOST_SUBJECT} ký tự.")
    if len(text) > MOST_TEXT:
        said.append(f"Nội dung nhiều nhất {MOST_TEXT} ký tự.")
    return said


def _listed(known: BuiltIn) -> str:
    return ", ".join(f"{{{name}}}" for name in known.fields)
