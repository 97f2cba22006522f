"""The letter that tells a unit what changed in what it owes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from actions.desk import Deed, Desk
from actions.notifying import queue_answer
from actions.wording import spoken_day
from deadlines.period_names import words_of
from models.directive import Directive
from models.dispatch import Notice
from models.obligation import Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One change, as the unit reads it."""

    obligation: Obligation
    """What it is about."""
    said: str
    """One sentence."""

    @classmethod
    def cancelled(cls, obligation: Obligation, why: str) -> "Told":
        """Returns that it is owed no more."""
        return cls(
            obligation=obligation,
            said=f"Không còn phải thực hiện mục {place(obligation)}. Lý do: {why}",
        )

    @classmethod
    def due_changed(cls, obligation: Obligation, why: str) -> "Told":
        """Returns the new day; the obligation bears it already."""
        day = spoken_day(obligation.due) if obligation.due else "không nêu ngày"
        return cls(
            obligation=obligation,
            said=f"Thời hạn mới của mục {place(obligation)}: {day}. Lý do: {why}",
        )

    @classmethod
    def opened(cls, obligation: Obligation, why: str) -> "Told":
        """Returns that it is owed from now on."""
        day = f" Thời hạn: {spoken_day(obligation.due)}." if obligation.due else ""
        return cls(
            obligation=obligation,
            said=f"Được giao mục {place(obligation)}: {obligation.what}.{day} Lý do: {why}",
        )

    @classmethod
    def role_changed(cls, obligation: Obligation, why: str) -> "Told":
        """Returns who leads; the obligation bears it already."""
        role = "chủ trì" if obligation.leads else "phối hợp"
        return cls(
            obligation=obligation, said=f"Đơn vị {role} mục {place(obligation)}. Lý do: {why}"
        )


def place(obligation: Obligation) -> str:
    """Returns the label of an obligation for people, with its period: `R1 (quý I năm 2026)`."""
    if not obligation.period_key:
        return obligation.task_ref
    return f"{obligation.task_ref} ({words_of(obligation.period_key)})"


def tell_unit(
    desk: Desk, deed: Deed, directive: Directive, changes: Sequence[Told]
) -> list[Notice]:
    """Queues one letter a unit for all that changed. Does not commit.

    The issuing office writes no letters to itself.
    """
    by_unit: dict[str, list[Told]] = {}
    for one in changes:
        by_unit.setdefault(one.obligation.organisation_id, []).append(one)
    by_unit.pop(directive.organisation_id, None)
    return [_letter(desk, deed, directive, unit, told) for unit, told in by_unit.items()]


def _letter(
    desk: Desk, deed: Deed, directive: Directive, unit: str, told: Sequence[Told]
) -> Notice:
    said = tuple(one.said for one in sorted(told, key=lambda one: place(one.obligation)))
    # One letter for one set of changes made at one instant.
    mark = hashlib.sha256("\n".join((deed.at.isoformat(), *said)).encode()).hexdigest()[:16]
    return queue_answer(
        desk, deed, directive, unit,
        key=f"change:{directive.id}:{unit}:{mark}", kind="change", tag="Thay đổi nhiệm vụ",
        about="thay đổi nhiệm vụ, thời hạn của đơn vị", said=said,
    )  # fmt: skip
