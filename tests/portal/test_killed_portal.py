"""kill -9 of the portal while two people decide: a real process, told by its process id.

A follow-up officer and a registry clerk send one decision after the other; in the middle of it the
portal is killed and started again, several times. Each decision is there wholly, with its one audit
event, or not at all; what the person was told has been done is there.
"""

import os
import random
import re
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from actions.accounts import add_account
from actions.auditing import MACHINE, verify_chain
from actions.desk import Desk
from actions.extending import request_extension
from actions.reporting import submit_report
from models.audit import AuditEvent
from models.dispatch import Consignment, Notice
from models.obligation import ExtensionRequest, Obligation, ObligationChange
from models.officer import Role
from models.organisation import Office as OfficeRow
from models.outbox import OutboxRow
from models.report import Report
from models.session import Database
from tests.actions.back_office import (
    ScriptedChannel,
    issue,
    mark_judge,
    send_all,
    signed_pdf,
    task,
    unit,
)
from tests.portal.seeded import PASSWORD
from tests.support.clock import START
from tests.support.factories import SmallOffice, organisation, small_office
from wiring.bootstrap import open_office
from wiring.clock import SimulatedClock
from wiring.processes import LocalEngine, any_port
from wiring.settings import load_settings

UNITS = tuple(f"don-vi-{number:02}" for number in range(32))
UNTIL = date(2022, 12, 5)
KILLS = 2
BETWEEN = 6
"""Answers that come in before the next kill at least."""
SPREAD_S = 0.15
"""About three requests of two people: where in them the kill falls is chance."""
PATIENCE_S = 30.0
PEOPLE = (Role.FOLLOW_UP, Role.REGISTRY_CLERK)
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Decision:
    """One form that one person sends, and where its traces are to be found."""

    who: Role
    path: str
    fields: dict[str, str]
    traces: Callable[[Database], tuple[int, ...]]
    """How often each row that the decision writes is there."""


def count(database: Database, table: type[Any], *where: Any) -> int:  # noqa: ANN401 (SQL expressions)
    with database.reading() as session:
        return session.scalars(select(func.count()).select_from(table).where(*where)).one()


def events(database: Database, deed: str, **about: str) -> int:
    """How many events say that a deed was done to something."""
    with database.reading() as session:
        found = session.scalars(
            select(AuditEvent).where(AuditEvent.deed == deed, AuditEvent.outcome == "done")
        ).all()
    said = [{"subject": one.subject_id, **one.detail} for one in found]
    return sum(about.items() <= one.items() for one in said)


def granting(one: ExtensionRequest, owed: Obligation) -> Decision:
    def traces(database: Database) -> tuple[int, ...]:
        key = f"extension:{one.id}:granted"
        return (
            count(database, ExtensionRequest, ExtensionRequest.id == one.id,
                  ExtensionRequest.state == "granted"),
            count(database, Obligation, Obligation.id == owed.id, Obligation.state == "open",
                  Obligation.due == UNTIL),
            count(database, ObligationChange, ObligationChange.obligation_id == owed.id,
                  ObligationChange.field == "due"),
            count(database, Notice, Notice.key == key),
            count(database, OutboxRow, OutboxRow.ikey == key),
            events(database, "grant_extension", organisation=owed.organisation_id),
        )  # fmt: skip

    return Decision(Role.FOLLOW_UP, f"/theo-doi/gia-han/{one.id}/dong-y", {}, traces)


def accepting(report: Report) -> Decision:
    def traces(database: Database) -> tuple[int, ...]:
        key = f"accepted:{report.id}"
        return (
            count(database, Report, Report.id == report.id, Report.state == "accepted"),
            count(database, Obligation, Obligation.organisation_id == report.organisation_id,
                  Obligation.state == "accepted"),
            count(database, Notice, Notice.key == key),
            count(database, OutboxRow, OutboxRow.ikey == key),
            events(database, "accept_report", report=str(report.id)),
        )  # fmt: skip

    return Decision(Role.FOLLOW_UP, f"/theo-doi/bao-cao/{report.id}/nhan", {}, traces)


def arriving(one: Consignment) -> Decision:
    def traces(database: Database) -> tuple[int, ...]:
        return (
            count(database, Consignment, Consignment.id == one.id, Consignment.state == "arrived"),
            events(database, "mark_arrived", subject=str(one.id)),
        )

    return Decision(
        Role.REGISTRY_CLERK,
        f"/phat-hanh/{one.directive_id}/don-vi/{one.organisation_id}/da-den",
        {"consignment": str(one.id), "reason": "Đơn vị báo qua điện thoại là đã nhận."},
        traces,
    )


@dataclass(slots=True)
class Scene:
    """The office's services, its database, and what waits for a decision."""

    engine: LocalEngine
    database: Database
    decisions: list[Decision]

    def kill_portal(self) -> None:
        (service,) = self.engine.services
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait()

    def restart_portal(self) -> None:
        """As `trinhky serve` does within a second or two; at the same address."""
        (fallen,) = self.engine.fallen()
        self.engine.restart(fallen)


def questions(desk: Desk) -> list[Decision]:
    """A directive to all units: half ask for more time, half have reported, all letters are in
    doubt."""
    channel = ScriptedChannel()
    for one in UNITS:
        channel.plan[f"{one}@donvi.example"] = ["silent"]
    outside = replace(desk, channels={"smtp": channel}, judge=mark_judge)
    owed = task(groups=[], organisations=list(UNITS))
    key = issue(outside, lines=(("action", UNITS, ()),), tasks=[owed])
    send_all(outside)
    with desk.database.reading() as session:
        found = {
            one.organisation_id: one
            for one in session.scalars(select(Obligation).where(Obligation.directive_id == key))
        }
    for number, name in enumerate(UNITS):
        if number % 2:
            request_extension(
                outside, unit(name), found[name].id, asked_until=UNTIL, reason="Mưa lũ kéo dài."
            )
        else:
            submit_report(
                outside, unit(name), organisation_id=name, directive_id=key,
                file_name="Báo cáo.pdf", content=signed_pdf(name), via="upload",
            )  # fmt: skip
    with desk.database.reading() as session:
        owed_by_id = {one.id: one for one in found.values()}
        asked = [
            granting(one, owed_by_id[one.obligation_id])
            for one in session.scalars(select(ExtensionRequest))
        ]
        reports = [accepting(one) for one in session.scalars(select(Report))]
        letters = [arriving(one) for one in session.scalars(select(Consignment))]
    return [one for pair in zip(asked, reports, strict=True) for one in pair] + letters


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    settings = load_settings(
        {
            "TRINHKY_FOLDER": str(tmp_path),
            "TRINHKY_CLOCK": "simulated",
            "TRINHKY_PREFECT__PORT": str(any_port()),
            "TRINHKY_PORTAL__PORT": str(any_port()),
        }
    )
    with LocalEngine(settings) as engine, open_office(settings) as office:
        assert isinstance(office.clock, SimulatedClock)
        office.clock.set(START)
        small_office(office.database)
        with office.database.writing() as session:
            session.get_one(OfficeRow, 1).unknown_policy = "ask"
            for one in UNITS:
                organisation(session, one, one, parent_id="tinh-uy")
        for role in PEOPLE:
            name = SmallOffice.officer(role)
            add_account(
                office.database, officer_id=name, username=name, password=PASSWORD, at=START,
                actor=MACHINE,
            )  # fmt: skip
        yield Scene(engine, office.database, questions(office.desk))


@dataclass(slots=True)
class Deciding:
    """One person's browser, in a thread of its own."""

    who: Role
    waiting: list[Decision]
    url: str = ""
    told: list[Decision] = field(default_factory=list)
    """What the portal said is done."""
    doubtful: list[Decision] = field(default_factory=list)
    """What was sent and never answered."""
    refused: list[tuple[Decision, int]] = field(default_factory=list)
    browser: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=30))
    token: str = ""

    def sign_in(self) -> None:
        name = SmallOffice.officer(self.who)
        form = self.browser.get(f"{self.url}/dang-nhap")
        fields = {"username": name, "password": PASSWORD, "csrf": _TOKEN.findall(form.text)[0]}
        assert self.browser.post(f"{self.url}/dang-nhap", data=fields).status_code == 303
        self.token = _TOKEN.findall(self.browser.get(f"{self.url}/so-van-ban").text)[0]

    def go_on(self) -> None:
        """Sends one decision after the other, until all are sent or nobody answers."""
        while self.waiting:
            one = self.waiting[0]
            try:
                answer = self.browser.post(
                    f"{self.url}{one.path}", data={"csrf": self.token, **one.fields}
                )
            except httpx.TransportError:
                self.doubtful.append(one)
                return
            self.waiting.pop(0)
            if answer.status_code == 303:
                self.told.append(one)
            else:
                self.refused.append((one, answer.status_code))


def wholly(scene: Scene, one: Decision) -> bool:
    """Whether a decision was made; fails where a part of it is there, or any part twice."""
    found = set(one.traces(scene.database))
    assert found in ({0}, {1}), (one.path, one.traces(scene.database))
    return found == {1}


def kill_while_they_decide(scene: Scene, people: list[Deciding], late_s: float) -> None:
    """Both send until nobody answers; the kill comes some moments after the next few answers."""
    threads = [threading.Thread(target=one.go_on) for one in people]
    goal = sum(len(one.told) for one in people) + BETWEEN
    for thread in threads:
        thread.start()
    deadline = monotonic() + PATIENCE_S
    while sum(len(one.told) for one in people) < goal and monotonic() < deadline:
        sleep(0.002)
    sleep(late_s)
    scene.kill_portal()
    for thread in threads:
        thread.join()


def what_was_told_is_there(scene: Scene, people: list[Deciding]) -> None:
    """And of the rest only what was on its way when the portal died, one form a person."""
    for person in people:
        assert person.waiting, "the portal was killed after the last decision"
        assert person.doubtful[-1] is person.waiting[0]
        assert all(wholly(scene, one) for one in person.told)
        assert not any(wholly(scene, one) for one in person.waiting[1:])
        wholly(scene, person.waiting[0])


def test_each_decision_is_wholly_there_or_not_at_all_although_the_portal_is_killed(
    scene: Scene,
) -> None:
    chance = random.Random(20260921)  # noqa: S311 (repeatable, not secret)
    people = [Deciding(who, [one for one in scene.decisions if one.who is who]) for who in PEOPLE]
    url = scene.engine.start_portal()
    for one in people:
        one.url = url
        one.sign_in()
    for _ in range(KILLS):
        kill_while_they_decide(scene, people, chance.uniform(0, SPREAD_S))
        what_was_told_is_there(scene, people)
        scene.restart_portal()
    for person in people:
        person.go_on()  # the session outlived every kill
        assert not person.waiting
        # What came through although its answer was lost is refused the second time, only that.
        assert all(one in person.doubtful for one, _ in person.refused)
        assert {status for _, status in person.refused} <= {403, 404, 409, 422}
        person.browser.close()
    assert all(wholly(scene, one) for one in scene.decisions)
    with scene.database.reading() as session:
        assert verify_chain(session).broken_at is None
