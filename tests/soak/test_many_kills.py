"""Two hundred kills at random moments of dispatch, chasing and decisions; KILLS sets the number.

At the end of each round, and of all: no unit without its document, nothing under a second
Message-ID, no reminder twice or lost, no obligation lost, each decision wholly there and once.
"""

import os
import random
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest
from sqlalchemy import func, select

from actions import outbox
from actions.auditing import verify_chain
from actions.chasing import ChaseSummary, chase
from actions.extending import request_extension
from models.base import DirectiveId
from models.dispatch import Consignment, DeliveryAttempt, Notice
from models.obligation import ExtensionRequest, Obligation
from models.officer import Role
from models.session import Database
from tests.actions.back_office import issue, task, unit
from tests.portal.seeded import PASSWORD
from tests.portal.test_killed_portal import Decision, granting
from tests.soak.killing_field import (
    CHASED,
    CHASED_AT,
    PATIENCE_S,
    Field,
    database_url_of,
    killing_field,
)
from tests.support.clock import StoryClock
from tests.support.databases import empty_tables
from tests.support.factories import SmallOffice
from tests.support.standing import all_have_it, letters, owed_by, taken
from wiring.runs import CHASE, DELIVER, RECONCILE

pytestmark = pytest.mark.timeout(7200)
KILLS = int(os.environ.get("KILLS", "200"))
A_ROUND = 12
"""Kills that fall on one directive's way."""
PAUSE_S = 0.7
"""Between two decisions of the officer."""
UNTIL = date(2022, 12, 5)
STEP, SIGN_IN = "truoc-3", "/dang-nhap"
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


@pytest.fixture
def field_(request: pytest.FixtureRequest, tmp_path: Path, clock: StoryClock) -> Iterator[Field]:
    clock.set_day(CHASED_AT, 0, 5)  # a whole day for all the leases that run out
    url = database_url_of(request)
    if url:
        opened = Database(url)
        empty_tables(opened)
        opened.close()
    with killing_field(tmp_path, url, clock) as made:
        yield made


@dataclass(slots=True)
class FollowUp:
    """The officer at the portal, who sends a form again where nobody answered it."""

    url: str
    waiting: list[Decision] = field(default_factory=list)
    told: list[Decision] = field(default_factory=list)
    repeated: int = 0
    browser: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=30))
    token: str = ""

    def sign_in(self) -> None:
        name = SmallOffice.officer(Role.FOLLOW_UP)
        form = self.browser.get(f"{self.url}{SIGN_IN}")
        fields = {"username": name, "password": PASSWORD, "csrf": _TOKEN.findall(form.text)[0]}
        assert self.browser.post(f"{self.url}{SIGN_IN}", data=fields).status_code == 303
        self.token = _TOKEN.findall(self.browser.get(f"{self.url}/so-van-ban").text)[0]

    def decide(self) -> None:
        deadline = monotonic() + PATIENCE_S
        again = False
        while self.waiting and monotonic() < deadline:
            one = self.waiting[0]
            try:
                answer = self.browser.post(
                    f"{self.url}{one.path}", data={"csrf": self.token, **one.fields}
                )
            except httpx.TransportError:
                again = True
                sleep(0.2)
                continue
            if answer.status_code >= 500:
                again = True
                sleep(0.2)
                continue
            assert SIGN_IN not in answer.headers.get("location", "")
            # What came through although its answer was lost is refused as decided already.
            assert answer.status_code == 303 or again, answer.text[:500]
            self.repeated += again
            self.told.append(self.waiting.pop(0))
            again = False
            sleep(PAUSE_S)


def begin(scene: Field, round_: int) -> tuple[DirectiveId, tuple[str, ...], list[Decision]]:
    """A directive to the units of a round; some have asked for more time at once."""
    desk, units = scene.eyes.desk, scene.units(round_)
    owed = task(groups=[], organisations=list(units))
    key = issue(desk, lines=(("action", units, ()),), tasks=[owed], number=round_ + 1,
                number_text=f"{round_ + 1}-HD/BTNTU")  # fmt: skip
    with desk.database.reading() as session:
        rows = {
            one.organisation_id: one
            for one in session.scalars(select(Obligation).where(Obligation.directive_id == key))
        }
    asked = []
    for one in units[CHASED:]:
        made = request_extension(
            desk, unit(one), rows[one].id, asked_until=UNTIL, reason="Mưa lũ kéo dài."
        )
        with desk.database.reading() as session:
            asked.append(granting(session.get_one(ExtensionRequest, made), rows[one]))
    return key, units, asked


def let_it_end(scene: Field) -> None:
    """What schedules and `reconcile` do in the minutes after the last kill."""
    scene.until_ready()
    assert scene.run(RECONCILE, {"pending_s": 5, "running_s": 5}) == "Completed"
    scene.until_idle()
    scene.walk(seconds=outbox.LEASE_S + 1)
    assert scene.run(CHASE) == "Completed"
    scene.until_idle()
    assert scene.run(DELIVER) == "Completed"


def all_is_well(scene: Field, key: DirectiveId, units: tuple[str, ...]) -> None:
    desk, folder = scene.eyes.desk, scene.settings.home
    assert chase(desk) == ChaseSummary()
    all_have_it(desk, folder, key, {(one, "smtp") for one in units})
    assert owed_by(desk, key) == dict.fromkeys(units, "open")
    made = letters(desk, key)
    chased = units[:CHASED]
    assert sorted((step, notice.organisation_id) for step, notice in made) == [
        (STEP, one) for one in chased
    ]
    assert {notice.state for _, notice in made} == {"sent"}
    got = taken(folder)
    assert all(got[notice.message_id] >= 1 for _, notice in made)


def unsure(scene: Field) -> int:
    """Attempts that a kill or a cut interrupted: it did hit the work, not only an idle process."""
    with scene.eyes.database.reading() as session:
        return session.scalars(
            select(func.count()).select_from(DeliveryAttempt)
            .where(DeliveryAttempt.outcome == "unknown")
        ).one()  # fmt: skip


def nothing_else_went_out(scene: Field) -> None:
    """Every letter that the server took is a known one; each kill may repeat those in its hands."""
    with scene.eyes.database.reading() as session:
        known = set(session.scalars(select(Consignment.message_id)))
        known |= set(session.scalars(select(Notice.message_id)))
        waiting = session.scalar(
            select(func.count()).select_from(Notice).where(Notice.state != "sent")
        )
        assert verify_chain(session).broken_at is None
    got = taken(scene.settings.home)
    assert set(got) <= known
    assert waiting == 0
    repeats = sum(got.values()) - len(got)
    lanes = scene.settings.mail.connections
    assert repeats <= lanes * (scene.killed["worker"] + scene.killed["connection"])


def test_kills_at_random_moments_lose_nothing_and_double_nothing(
    field_: Field, chance: random.Random, capsys: pytest.CaptureFixture[str]
) -> None:
    scene, left, round_ = field_, KILLS, 0
    person = FollowUp(scene.portal_url)
    begun = monotonic()
    while left > 0:
        person.sign_in()  # a session ends after some hours, which pass here with the leases
        key, units, person.waiting = begin(scene, round_)
        granted = list(person.waiting)
        deciding = threading.Thread(target=person.decide)
        deciding.start()
        with scene.under_fire(min(left, A_ROUND), chance):
            pass
        scene.until_ready()
        deciding.join()
        assert not person.waiting
        let_it_end(scene)
        all_is_well(scene, key, units)
        assert all(set(one.traces(scene.eyes.database)) == {1} for one in granted)
        left, round_ = left - A_ROUND, round_ + 1
        with capsys.disabled():
            got = taken(scene.settings.home)
            print(
                f"\nround {round_}: {scene.killed.total()} kills in {monotonic() - begun:.0f} s "
                f"{dict(scene.killed)}, {len(got)} letters, {sum(got.values()) - len(got)} "
                f"repeats, {person.repeated} forms sent again, {unsure(scene)} attempts cut off",
                end="",
            )
    person.browser.close()
    nothing_else_went_out(scene)
    assert scene.killed.total() == KILLS
