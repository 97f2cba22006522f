"""What did not go out: our own failures, and the clerk who sends it again."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from actions import outbox
from actions.auditing import Actor
from actions.composing import Composer, FileCache
from actions.desk import Desk
from actions.dispatching import KINDS, deliver_batch, resend
from actions.errors import (
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    WrongStateError,
)
from models.audit import AuditEvent
from models.directive import Directive
from models.officer import Role
from models.outbox import OutboxRow
from models.session import Database
from tests.actions.back_office import (
    LINES,
    PDF,
    ScriptedChannel,
    change_unit,
    consignments,
    issue,
)
from tests.actions.test_dispatching import A, attempts, channel, desk, office
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice

__all__ = ["channel", "desk", "office"]


def test_a_channel_that_is_not_set_up_is_waited_for(
    database: Database, tmp_path: Path, clock: StoryClock, office: SmallOffice
) -> None:
    assert office.group == "huyen"
    desk = make_desk(database, tmp_path, clock, channels={})
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    assert deliver_batch(desk).retried == 1
    assert "Chưa cấu hình kênh gửi “smtp”" in str(consignments(desk)["huyen-a"].detail)


def test_a_document_that_is_not_in_the_archive_is_our_own_failure(
    desk: Desk, channel: ScriptedChannel
) -> None:
    key = issue(desk, lines=(("action", ("huyen-a",), ()),))
    with desk.database.writing() as session:
        session.get_one(Directive, key).sealed_sha256 = None
    assert deliver_batch(desk).failed == 1
    failed = consignments(desk)["huyen-a"]
    assert failed.state == "failed"
    assert "archive.not_stored" in str(failed.detail)
    assert channel.sent == []


def test_an_archive_that_cannot_be_read_is_tried_again(
    desk: Desk, tmp_path: Path, channel: ScriptedChannel, clock: StoryClock
) -> None:
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    (stored,) = (tmp_path / "archive" / "objects").glob("*/*")
    data = stored.read_bytes()
    stored.unlink()
    stored.mkdir()
    assert deliver_batch(desk).retried == 1
    stored.rmdir()
    stored.write_bytes(data)
    clock.advance(minutes=2)
    assert deliver_batch(desk).sent == 1
    assert len(channel.sent) == 1


def test_an_unfit_address_fails_with_a_sentence(desk: Desk) -> None:
    change_unit(desk, "huyen-a", address="khong phai dia chi")
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    assert deliver_batch(desk).failed == 1
    assert "recipient" in str(consignments(desk)["huyen-a"].detail)


def test_files_are_read_once_per_round(desk: Desk) -> None:
    issue(desk)
    files = FileCache(desk)
    rows = outbox.claim(desk, KINDS, limit=9).rows
    for draft in Composer(desk=desk, files=files).compose(rows):
        draft.parcel()
    assert list(files.held.values()) == [PDF]


def clerk(office: SmallOffice) -> Actor:
    return office.actor(Role.REGISTRY_CLERK)


def test_the_clerk_sends_a_bounced_one_again_to_the_right_address(
    desk: Desk, channel: ScriptedChannel, office: SmallOffice
) -> None:
    channel.plan[A] = ["bounce"]
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    deliver_batch(desk)
    bounced = consignments(desk)["huyen-a"]
    resend(desk, clerk(office), bounced.id, address=" vanthu@huyen-a.example ")
    assert deliver_batch(desk).sent == 1
    assert channel.sent[0].recipient == "vanthu@huyen-a.example"
    assert channel.sent[0].message_id == bounced.message_id
    assert [one.ordinal for one in attempts(desk, "huyen-a")] == [1, 2]


def test_a_held_one_goes_out_once_it_has_an_address(
    desk: Desk, channel: ScriptedChannel, office: SmallOffice
) -> None:
    change_unit(desk, "huyen-a", address=None)
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    held = consignments(desk)["huyen-a"]
    assert deliver_batch(desk).claimed == 0
    with pytest.raises(InvalidInputError, match="địa chỉ"):
        resend(desk, clerk(office), held.id)
    resend(desk, clerk(office), held.id, address=A)
    assert deliver_batch(desk).sent == 1
    assert channel.recipients == [A]


def test_only_the_clerk_sends_again_and_only_what_did_not_arrive(
    desk: Desk, office: SmallOffice
) -> None:
    issue(desk, lines=LINES)
    deliver_batch(desk)
    sent = consignments(desk)["huyen-a"]
    with pytest.raises(WrongStateError):
        resend(desk, clerk(office), sent.id)
    with pytest.raises(NotAuthorisedError):
        resend(desk, office.actor(Role.DRAFTER), sent.id)
    with pytest.raises(NotFoundError):
        resend(desk, clerk(office), sent.directive_id)
    with desk.database.reading() as session:
        rows = session.scalars(select(OutboxRow.state)).all()
        assert set(rows) == {"settled"}
        refused = session.scalars(
            select(AuditEvent).where(AuditEvent.outcome == "refused").order_by(AuditEvent.sequence)
        ).all()
        assert [one.detail["code"] for one in refused] == [
            "wrong_state", "not_authorised", "not_found",
        ]  # fmt: skip


def test_a_new_lease_begins_with_each_attempt(
    desk: Desk, channel: ScriptedChannel, clock: StoryClock
) -> None:
    issue(desk, lines=(("action", ("huyen-a", "huyen-b"), ()),))
    slow = timedelta(seconds=outbox.LEASE_S - 10)

    def pass_slowly() -> None:
        clock.set(clock.at + slow)

    channel.before_answer = pass_slowly
    assert deliver_batch(desk).sent == 2
