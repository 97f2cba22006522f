"""What a check has to say about a directive."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters."""

    INFO = "info"
    """Worth knowing."""
    WARNING = "warning"
    """A reviewer must look at it."""
    ERROR = "error"
    """Must be changed before the directive goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFinding:
    """One thing that a check found."""

    code: str
    """Stable word, such as `symbol_type_differs`."""
    severity: Severity
    message: str
    """Vietnamese sentence for the drafter."""
    clause: str
    """The rule it rests on, or "" for a rule of this system."""
    place: str
    """Where in the directive, in words: "trích yếu", "mục II.3, đoạn 1"."""


def error(code: str, message: str, place: str, clause: str = "") -> FormFinding:
    """A finding that must be put right."""
    return FormFinding(
        code=code, severity=Severity.ERROR, message=message, clause=clause, place=place
    )


def warning(code: str, message: str, place: str, clause: str = "") -> FormFinding:
    """A finding that a reviewer must look at."""
    return FormFinding(
        code=code, severity=Severity.WARNING, message=message, clause=clause, place=place
    )


def info(code: str, message: str, place: str, clause: str = "") -> FormFinding:
    """A finding worth knowing."""
    return FormFinding(
        code=code, severity=Severity.INFO, message=message, clause=clause, place=place
    )
