"""An office with as many units as a bench asks for, and a directive that is about to go out."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, NoReturn, cast

from sqlalchemy import select

from actions.desk import Desk
from archive.store import LocalStore
from models.base import DirectiveId
from models.directive import Directive, RecipientLine
from models.officer import Officer
from models.organisation import GroupMembership, Office, Organisation, UnitGroup
from models.session import Database
from wiring.clock import real_now

PDF_BYTES: Final = 150_000
SINCE: Final = date(2020, 1, 1)


def _unused(*_given: object, **_named: object) -> NoReturn:
    raise AssertionError


def make_desk(
    database: Database, folder: Path, *, channels: Mapping[str, Callable[[], Any]] | None = None
) -> Desk:
    """A desk that can dispatch and nothing else."""
    return Desk(
        database=database,
        archive=LocalStore(folder / "archive"),
        clock=real_now,
        fonts=folder,
        services=cast("Any", None),
        open_key=_unused,
        judge=_unused,
        channels=channels or {},
        mail_domain="ban.example",
        unit_link=lambda *named: f"https://trinhky.example/u/{'/'.join(map(str, named))}",
    )


def write_office(desk: Desk, *, units: int, number: int) -> DirectiveId:
    """Writes the office once, and a new directive to all its units; returns the directive."""
    with desk.database.writing() as session:
        if session.scalar(select(Office.id)) is None:
            _write_units(session, units)
    pdf = b"%PDF-1.7\n" + random.Random(number).randbytes(PDF_BYTES)  # noqa: S311 (nothing secret)
    key = DirectiveId(uuid.uuid4())
    with desk.database.writing() as session:
        now = desk.clock()
        session.add(
            Directive(
                id=key, organisation_id="ban", regime="party", doc_type="Hướng dẫn",
                subject="Tuyên truyền, quán triệt", symbol="HD/BAN", state="issued",
                drafter_id="drafter", number=number, number_text=f"{number}-HD/BAN",
                issue_date=now.date(), sealed_sha256=desk.archive.put(pdf), created_at=now,
                updated_at=now, issued_at=now,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            RecipientLine(
                directive_id=key, revision=1, ordinal=1, raw="Các đơn vị", role="action",
                organisations=[], groups=["tat-ca"],
            )
        )  # fmt: skip
    return key


def _write_units(session: Any, units: int) -> None:  # noqa: ANN401 (a Session)
    session.add(
        Organisation(id="ban", name="Ban", regime="party", address="ban@ban.example",
                     valid_from=SINCE)
    )  # fmt: skip
    session.flush()
    session.add(Office(organisation_id="ban", mailbox="ban@ban.example"))
    session.add(Officer(id="drafter", name="Người soạn", email="a@ban.example"))
    session.add(UnitGroup(id="tat-ca", name="Các đơn vị"))
    session.add_all(
        Organisation(id=f"xa-{n}", name=f"Xã {n}", regime="party", valid_from=SINCE,
                     address=f"xa-{n}@donvi.example")
        for n in range(units)
    )  # fmt: skip
    session.flush()
    session.add_all(
        GroupMembership(group_id="tat-ca", organisation_id=f"xa-{n}", valid_from=SINCE)
        for n in range(units)
    )
