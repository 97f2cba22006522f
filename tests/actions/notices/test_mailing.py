"""Letters to officers over real SMTP: each notice in one, by choice, not at night, none twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from actions.dispatching import deliver_batch
from actions.notices.choosing import Mail, choose_mail
from actions.notices.mailing import send_at_once, send_daily
from actions.notices.noting import followed
from actions.notices.showing import mark_all_read
from delivery.smtp import SMTPChannel
from models.directive import Revision
from models.dispatch import Notice
from tests.support.front import DRAFT, Front
from wiring.stories.mail_config import MailServerConfig
from wiring.stories.mail_server import MailServer

WHO = "content-reviewer@ban.example"


@pytest.fixture
def mailing(lone_front: Front, tmp_path: Path) -> Iterator[Front]:
    """The small office with notices, and a mail server that takes what is sent."""
    config = MailServerConfig(folder=tmp_path / "mail", office=("ban@ban.example",))
    with MailServer(config) as server:
        desk = replace(
            lone_front.desk,
            database=followed(lone_front.desk.database),
            channels={"smtp": lambda: SMTPChannel(host="127.0.0.1", port=server.port)},
            portal_url="https://trinhky.example",
        )
        yield replace(lone_front, desk=desk)


def letters(front: Front, tmp_path: Path, to: str = WHO) -> list[str]:
    """The words of what reached an officer, after everything due was sent."""
    while deliver_batch(front.desk).claimed:
        pass
    files = sorted((tmp_path / "mail" / "sent").glob("*.eml"), key=lambda one: one.stat().st_mtime)
    mails = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in files]
    return [
        str(body.get_content()).replace("\r\n", "\n")
        for one in mails
        if one["To"] == to and (body := one.get_body(("plain",))) is not None
    ]


def test_one_letter_a_working_day_bears_what_is_new_and_each_thing_once(
    mailing: Front, tmp_path: Path
) -> None:
    desk, clock = mailing.desk, mailing.clock
    mailing.submitted(), mailing.submitted()
    assert send_daily(desk) == 2  # both reviewers; the drafter knows
    assert send_daily(desk) == send_at_once(desk) == 0
    (first,) = letters(mailing, tmp_path)
    assert "Có 2 thông báo mới:" in first
    assert f"- Dự thảo chờ kiểm tra nội dung. Dự thảo: {DRAFT.content.title}" in first
    assert "https://trinhky.example/thong-bao" in first
    mailing.submitted()
    assert send_daily(desk) == 0  # the day has had its letter
    clock.set_day(date(2022, 9, 24))  # a Saturday
    assert send_daily(desk) == 0
    clock.set_day(date(2022, 9, 26))
    mark_all_read(desk.database, "form-reviewer", clock())
    assert send_daily(desk) == 1
    assert "Có 1 thông báo mới:" in letters(mailing, tmp_path)[1]


def test_each_is_told_as_they_chose_and_not_at_night(mailing: Front, tmp_path: Path) -> None:
    desk, clock, office = mailing.desk, mailing.clock, mailing
    for who, mail in ((office.content_reviewer, Mail.NOW), (office.form_reviewer, Mail.NEVER)):
        choose_mail(desk.database, mail, actor=who, at=clock())
    clock.set_day(date(2022, 9, 20), hour=23)
    key = mailing.submitted()
    with desk.database.writing() as session:
        content = session.scalars(select(Revision).where(Revision.directive_id == key)).one()
        content.content = {**content.content, "secrecy": "MẬT"}
    assert send_daily(desk) == 0
    assert send_at_once(desk) == 1
    assert letters(mailing, tmp_path) == []
    clock.set_day(date(2022, 9, 21), hour=9)
    (letter,) = letters(mailing, tmp_path)
    assert "- Dự thảo chờ kiểm tra nội dung.\n" in letter
    assert DRAFT.content.title not in letter  # no letter names what bears a word of secrecy
    mailing.submitted()
    assert send_at_once(desk) == 1
    assert send_at_once(desk) == send_daily(desk) == 0
    assert len(letters(mailing, tmp_path)) == 2
    assert letters(mailing, tmp_path, "form-reviewer@ban.example") == []


def test_a_round_that_dies_before_its_end_loses_nothing_and_tells_nothing_twice(
    mailing: Front, tmp_path: Path
) -> None:
    mailing.submitted()

    def dies(_session: Session) -> None:
        raise ConnectionError

    event.listen(Session, "before_commit", dies)
    try:
        with pytest.raises(ConnectionError):
            send_daily(mailing.desk)
    finally:
        event.remove(Session, "before_commit", dies)
    with mailing.desk.database.reading() as session:
        assert session.scalars(select(Notice.id)).all() == []
    assert send_daily(mailing.desk) == 2
    assert len(letters(mailing, tmp_path)) == 1
