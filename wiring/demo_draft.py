"""A draft to play with in a demo office that has no directive yet.

The seed's reviewed directive, with its days moved ahead of today: nothing in it is overdue at once.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from actions.access import officer_actor
from actions.desk import local_day
from actions.draft import Draft, TaskReading
from actions.drafting import start_directive
from documents.content import from_json, to_json
from models.directive import Directive
from wiring.bootstrap import Office
from wiring.settings import PROJECT
from wiring.stories.reviewed import make_draft, read_reviewed
from wiring.stories.script import People

REVIEWED = PROJECT / "demo" / "96-HD-BTGTU.reviewed.toml"
PEOPLE = People(
    drafter="nguyen-minh-an",
    content_reviewer="le-quang-vinh",
    form_reviewer="pham-thu-ha",
    signatory="tran-trung-hieu",
    clerk="vo-thi-lan",
    follow_up="dang-van-phuc",
    authority="ky-thay-truong-ban",
)


def put_demo_draft(office: Office, *, at: datetime, source: Path = REVIEWED) -> bool:
    """Lets the drafter put the draft in where there is no directive; tells whether it was done.

    Raises:
        StoryError: the demo's own file is wrong.
        ActionRefusedError: the office's data does not let the draft in.
    """
    day = local_day(at)
    with office.database.reading() as session:
        if session.scalars(select(Directive.id).limit(1)).first() is not None:
            return False
        drafter = officer_actor(session, PEOPLE.drafter, day)
    draft = moved(make_draft(read_reviewed(source), PEOPLE, {}), day)
    start_directive(office.desk, drafter, draft=draft)
    return True


def moved(draft: Draft, today: date) -> Draft:
    """Returns the draft with its deadlines at the ends of the next month and of the one after."""
    first = _month_end(_month_end(today) + timedelta(days=1))
    second = _month_end(first + timedelta(days=1))
    words = {
        "tháng 9 năm 2022": f"tháng {first.month} năm {first.year}",
        "tháng 10 năm 2022": f"tháng {second.month} năm {second.year}",
        "31/10/2022": f"{second.day}/{second.month}/{second.year}",
    }
    days = {date(2022, 9, 30): first, date(2022, 10, 31): second}
    text = _replaced(json.dumps(to_json(draft.content), ensure_ascii=False), words)
    return replace(
        draft,
        content=from_json(json.loads(text)),
        tasks=tuple(_moved_task(one, words, days) for one in draft.tasks),
    )


def _moved_task(
    one: TaskReading, words: Mapping[str, str], days: Mapping[date, date]
) -> TaskReading:
    named, raw = one.named_date, one.deadline_raw
    return replace(
        one,
        sentence=_replaced(one.sentence, words),
        deadline_raw=raw and _replaced(raw, words),
        named_date=days.get(named, named) if named else None,
    )


def _replaced(text: str, words: Mapping[str, str]) -> str:
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
