"""What must stand after a kill or a cut, whatever was interrupted: looked up on both sides."""

import json
from collections import Counter
from email import message_from_bytes
from pathlib import Path

from sqlalchemy import select, update

from actions.desk import Desk
from models.base import DirectiveId
from models.dispatch import Consignment, DeliveryAttempt, Notice
from models.obligation import Obligation, Reminder
from models.outbox import OutboxRow


def taken(folder: Path) -> Counter[str]:
    """How often each Message-ID was taken, by the mail server or into the folder."""
    found: Counter[str] = Counter()
    for part in ("mail/sent", "pickup"):
        for path in (folder / part).rglob("*.eml"):
            found[message_from_bytes(path.read_bytes())["Message-ID"]] += 1
    repeats = folder / "mail" / "repeats.jsonl"
    if repeats.exists():
        for line in repeats.read_text().splitlines():
            found[json.loads(line)["message_id"]] += 1
    return found


def rows_of(desk: Desk, key: DirectiveId) -> list[Consignment]:
    with desk.database.reading() as session:
        return list(session.scalars(select(Consignment).where(Consignment.directive_id == key)))


def told_truly(desk: Desk, folder: Path, key: DirectiveId) -> None:
    """What stands in the database of each consignment is true of the other side."""
    got = taken(folder)
    for one in rows_of(desk, key):
        if one.state == "sent":
            assert got[one.message_id] >= 1
        if got[one.message_id]:
            assert one.state in {"sent", "sending", "unknown"} or one.channel == "folder"
        if one.state == "planned" and one.channel == "smtp":
            assert not got[one.message_id]
    with desk.database.reading() as session:
        open_rows = set(session.scalars(select(OutboxRow.ikey).where(OutboxRow.state != "settled")))
    for one in rows_of(desk, key):
        assert (one.key in open_rows) == (one.state in {"planned", "sending"}) or (
            one.state == "unknown"
        )


def all_have_it(desk: Desk, folder: Path, key: DirectiveId, expected: set[tuple[str, str]]) -> None:
    """Each unit has its document by its channel, under one Message-ID, and no attempt is open."""
    got = taken(folder)
    current = [one for one in rows_of(desk, key) if one.rerouted_to_id is None]
    assert sorted((one.organisation_id, one.channel, one.state) for one in current) == sorted(
        (unit, channel, "sent") for unit, channel in expected
    )
    assert all(got[one.message_id] >= 1 for one in current)
    with desk.database.reading() as session:
        ends = session.scalars(
            select(DeliveryAttempt.outcome).where(
                DeliveryAttempt.ikey.in_([one.key for one in rows_of(desk, key)])
            )
        ).all()
    assert "started" not in ends


def owed_by(desk: Desk, key: DirectiveId) -> dict[str, str]:
    with desk.database.reading() as session:
        rows = session.execute(
            select(Obligation.organisation_id, Obligation.state).where(
                Obligation.directive_id == key
            )
        )
        return dict(rows.tuples().all())


def letters(desk: Desk, key: DirectiveId) -> list[tuple[str, Notice]]:
    """Each step that a letter took for what is owed of a directive, with the letter."""
    with desk.database.reading() as session:
        rows = session.execute(
            select(Reminder.step_key, Notice)
            .join(Notice, Notice.id == Reminder.notice_id)
            .join(Obligation, Obligation.id == Reminder.obligation_id)
            .where(Obligation.directive_id == key)
        )
        return list(rows.tuples().all())


def settle(desk: Desk, key: DirectiveId) -> None:
    """Nothing of this directive is owed any more: the next one is alone."""
    with desk.database.writing() as session:
        session.execute(
            update(Obligation).where(Obligation.directive_id == key).values(state="accepted")
        )


def chased_once(
    desk: Desk, folder: Path, key: DirectiveId, *, units: list[str], step: str, expected: int
) -> None:
    """Each unit's step was taken once, by a letter that went out under one Message-ID."""
    made = letters(desk, key)
    assert [name for name, _ in made] == [step] * len(units)
    notices = {notice.id: notice for _, notice in made}
    assert len(notices) == expected
    assert {notice.state for notice in notices.values()} == {"sent"}
    got = taken(folder)
    assert all(1 <= got[notice.message_id] <= 2 for notice in notices.values())
    assert owed_by(desk, key) == dict.fromkeys(units, "open")
