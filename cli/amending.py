"""Amending an issued directive from a terminal: the same deeds, rights and words as the portal."""

from collections.abc import Sequence

import typer

from actions.amending.asking_back import Asked
from actions.amending.correcting import correct
from actions.amending.recalling import recall
from actions.amending.recipients import update_recipients
from actions.amending.replacing import Owed, replace
from actions.amending.showing import unit_keys
from actions.errors import InvalidInputError, Problem
from cli.case import find_directive
from cli.deciding import Decision, Sitting, deciding
from cli.visible import visible


def recall_now(order: Decision, reason: str) -> None:
    """Recalls the directive from every unit."""
    with deciding(order, "Thu hồi văn bản") as now:
        asked = recall(now.office.desk, now.actor, now.directive.id, reason=reason)
        typer.echo("Đã thu hồi văn bản.")
        _say(asked)


def replace_now(order: Decision, other: str, reason: str, *, keep: bool) -> None:
    """Replaces the directive by another issued one."""
    with deciding(order, f"Thay thế bằng {other}") as now:
        by = find_directive(now.office.database, other)
        asked = replace(
            now.office.desk, now.actor, now.directive.id, by=by.id, reason=reason,
            owed=Owed.PASS if keep else Owed.CANCEL,
        )  # fmt: skip
        typer.echo(visible(f"Đã thay thế bằng {by.number_text}."))
        _say(asked)


def correct_now(order: Decision, other: str, reason: str, words: tuple[str, str]) -> None:
    """Corrects the directive by an issued công văn; `words` are those printed and those meant."""
    with deciding(order, f"Đính chính bằng {other}") as now:
        by = find_directive(now.office.database, other)
        sent = correct(
            now.office.desk, now.actor, now.directive.id, by=by.id, reason=reason,
            printed=words[0], corrected=words[1],
        )  # fmt: skip
        typer.echo(f"Đã đính chính; công văn được gửi thêm tới {len(sent)} đơn vị.")


def recipients_now(
    order: Decision, add: Sequence[str], remove: Sequence[str], role: str, reason: str
) -> None:
    """Changes the recipients; units are named as in the office's list."""
    with deciding(order, "Sửa nơi nhận") as now:
        done = update_recipients(
            now.office.desk, now.actor, now.directive.id, add=_keys(now, add),
            remove=_keys(now, remove), role=role, reason=reason,
        )  # fmt: skip
        typer.echo(f"Đã thêm {len(done.added)} đơn vị, bớt {len(remove)} đơn vị.")
        _say(done.removed)


def _keys(now: Sitting, names: Sequence[str]) -> list[str]:
    """Returns the identifiers of units that were named.

    Raises:
        InvalidInputError: the office knows no such unit.
    """
    with now.office.database.reading() as session:
        found, unknown = unit_keys(session, names)
    if unknown:
        reason = "Không có đơn vị này trong danh mục; ghi lại tên."
        raise InvalidInputError(*(Problem(place=name, reason=reason) for name in unknown))
    return list(found.values())


def _say(asked: Asked) -> None:
    typer.echo(
        f"Đã báo {len(asked.asked)} đơn vị; {len(asked.by_hand)} đơn vị nhận bản giấy cần báo "
        f"bằng tay; {len(asked.unsent)} đơn vị chưa nhận nên không gửi nữa."
    )
