"""What a signature lets later revisions do. Source: ISO 32000-2, 12.8.2.2, 12.8.2.4, 12.7.5.5."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from signing.judge.file.document import View
from signing.judge.file.faults import unsure
from signing.judge.file.objects import Obj, Text
from signing.judge.file.text import read_text

_LEVELS: Final = (1, 2, 3)
_DEFAULT_LEVEL: Final = 2
_ACTIONS: Final = ("All", "Include", "Exclude")


@dataclass(frozen=True, slots=True)
class Lock:
    """Fields that must not change after a signature."""

    action: str
    """`All`, `Include` (those named) or `Exclude` (all but those named)."""

    fields: tuple[str, ...]
    """Fully qualified names; each stands for all fields below it too."""

    def covers(self, name: str) -> bool:
        """Whether a field of that fully qualified name is locked."""
        named = any(name == one or name.startswith(f"{one}.") for one in self.fields)
        return self.action == "All" or named == (self.action == "Include")


@dataclass(frozen=True, slots=True)
class Permissions:
    """The directives of one signature."""

    certifies: bool
    """It has a DocMDP transform: the author's certification."""

    doc_mdp: int | None
    """1 no changes, 2 form filling and signing, 3 annotations too; the strictest if several."""

    locks: tuple[Lock, ...]


def read_permissions(view: View, signature: dict[str, Obj], field: dict[str, Obj]) -> Permissions:
    """Permissions as they were when it was signed.

    Args:
        view: the signed revision.
        signature: its dictionary.
        field: the dictionary of its field there; /Lock stands in it.

    Raises:
        UnsureStructure: a transform or a value that is not known.
    """
    levels: list[int] = []
    locks: list[Lock] = []
    lock = view.get(field.get("Lock"))
    if lock is not None:
        locks.append(_lock(view, lock))
        if isinstance(lock, dict) and "P" in lock:
            levels.append(_level(view.get(lock["P"])))
    certifies = False
    for method, parameters in _transforms(view, signature):
        if method == "DocMDP":
            certifies = True
            levels.append(_level(view.get(parameters.get("P", _DEFAULT_LEVEL))))
        elif method == "FieldMDP":
            locks.append(_lock(view, parameters))
        else:
            raise unsure("transform", str(method))
    return Permissions(certifies, min(levels, default=None), tuple(locks))


def _transforms(view: View, signature: dict[str, Obj]) -> list[tuple[Obj, dict[str, Obj]]]:
    references = view.get(signature.get("Reference"))
    if references is None:
        return []
    if not isinstance(references, list):
        raise unsure("transform")
    found = []
    for one in references:
        reference = view.get(one)
        if not isinstance(reference, dict):
            raise unsure("transform")
        parameters = view.get(reference.get("TransformParams"))
        if not isinstance(parameters, dict | None):
            raise unsure("transform")
        found.append((view.get(reference.get("TransformMethod")), parameters or {}))
    return found


def _level(value: Obj) -> int:
    if type(value) is not int or value not in _LEVELS:
        raise unsure("transform", "/P")
    return value


def _lock(view: View, value: Obj) -> Lock:
    if not isinstance(value, dict):
        raise unsure("transform", "/Lock")
    action = view.get(value.get("Action"))
    names = view.get(value.get("Fields"))
    fields = [view.get(one) for one in names] if isinstance(names, list) else []
    if action not in _ACTIONS or not all(isinstance(one, Text) for one in fields):
        raise unsure("transform", "/Action or /Fields")
    if names is None and action != "All":
        raise unsure("transform", "/Fields")
    return Lock(str(action), tuple(read_text(one) for one in fields))
