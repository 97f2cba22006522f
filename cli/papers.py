"""What `trinhky paper take` does."""

import re
from pathlib import Path
from typing import Final

import typer

from actions.outside_papers import OutsideOrder, take_outside
from cli.acting import sign_in_as
from cli.errors import FileUnreadableError
from cli.opening import opened_office
from cli.usage import WrongUsageError
from cli.visible import visible
from signing.fields import SignatureFieldBox
from signing.request import SignatureKind

WIDTH_PT: Final = 170.0
HEIGHT_PT: Final = 70.0
_PT_PER_MM: Final = 72 / 25.4
_AT: Final = re.compile(r"\s*([1-9][0-9]{0,3})\s*,\s*([0-9]{1,4})\s*,\s*([0-9]{1,4})\s*")
_KINDS: Final = {one.value: one for one in (SignatureKind.APPROVAL, SignatureKind.SEAL)}


def take_in(
    path: Path,
    username: str,
    *,
    name: str,
    kinds: str,
    at: str,
    into: str | None,
    from_stdin: bool,
) -> None:
    """Takes a paper in, and says what was found.

    Raises:
        WrongUsageError: place or kinds cannot be read.
        FileUnreadableError: there is no such file.
        ActionRefusedError: as in `actions.outside_papers.take_outside`.
    """
    order = OutsideOrder(name=name, kinds=read_kinds(kinds), box=read_place(at), into=into)
    try:
        pdf = path.read_bytes()
    except OSError as err:
        raise FileUnreadableError(str(path), there=path.exists()) from err
    with opened_office() as office:
        actor, _ = sign_in_as(
            office.database, username, at=office.clock.now(), from_stdin=from_stdin
        )
        taken = take_outside(office.desk, actor, pdf, order)
    short = str(taken.id)[:8]
    _echo(f"Mã: {taken.id}", f"Kiểm tra khi nhận: {taken.sentence}")
    if taken.refusal:
        _echo(f"Không ký thêm được: {taken.refusal}")
    else:
        _echo(f"Việc tiếp theo: xem lại (trinhky paper show {short} --save TỆP.pdf), rồi ký.")


def read_kinds(typed: str) -> tuple[SignatureKind, ...]:
    """Reads "approval,seal".

    Raises:
        WrongUsageError: no such kind.
    """
    names = [one.strip() for one in typed.split(",")]
    if len(set(names)) != len(names) or not set(names) <= set(_KINDS):
        raise WrongUsageError(f"Không hiểu loại chữ ký “{typed}”. Có: {', '.join(_KINDS)}.")
    return tuple(_KINDS[one] for one in names)


def read_place(typed: str) -> SignatureFieldBox | None:
    """Reads "2,120,40": page, millimetres from its left and its lower edge.

    Raises:
        WrongUsageError: it cannot be read so.
    """
    if not typed.strip():
        return None
    found = _AT.fullmatch(typed)
    if found is None:
        raise WrongUsageError(f"Không hiểu chỗ ký “{typed}”. Viết như 1,120,40.")
    page, left, below = (int(one) for one in found.groups())
    return SignatureFieldBox(
        name="",
        page=page,
        x_pt=left * _PT_PER_MM,
        y_pt=0,
        w_pt=WIDTH_PT,
        h_pt=HEIGHT_PT,
        # Its upper edge lies here, so that the height of the page need not be known.
        page_height_pt=below * _PT_PER_MM + HEIGHT_PT,
    )


def _echo(*lines: str) -> None:
    for line in lines:
        typer.echo(visible(line))
