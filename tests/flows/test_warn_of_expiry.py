"""The morning's look at what runs out: tasks as a worker runs them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update

from actions.expiring import WarnSummary
from flows._office import this_office
from flows.warn_of_expiry import look_at_timestamps, warn
from models.dispatch import Notice
from models.officer import RegisteredCertificate
from models.organisation import SetupStep
from tests.support.clock import START
from tests.support.factories import small_office
from tests.support.office_texts import write_certificate
from wiring.bootstrap import Office
from wiring.clock import SimulatedClock


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office of this test, as a worker would find it in its environment."""
    monkeypatch.setenv("TRINHKY_FOLDER", str(tmp_path / "office"))
    monkeypatch.setenv("TRINHKY_CLOCK", "simulated")
    this_office.cache_clear()
    with this_office() as opened:
        assert isinstance(opened.clock, SimulatedClock)
        opened.clock.set(START)
        small_office(opened.database)
        yield opened
    this_office.cache_clear()


def steps(office: Office) -> list[SetupStep]:
    with office.database.reading() as session:
        return list(session.scalars(select(SetupStep)))


def test_an_office_without_a_service_has_none_to_look_at(office: Office) -> None:
    assert "Chưa đặt" in look_at_timestamps.fn()
    assert steps(office) == []


def test_a_service_that_is_silent_is_noted_and_fails_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRINHKY_TIMESTAMPS__URL", "http://127.0.0.1:9/")
    this_office.cache_clear()
    with this_office():
        assert "không kết nối được" in look_at_timestamps.fn()
    assert [(one.key, one.state) for one in steps(office)] == [("timestamps", "failed")]


def test_warnings_are_written_once(office: Office, tmp_path: Path) -> None:
    assert warn.fn() == WarnSummary()
    der = write_certificate(tmp_path / "ky.der", "Trần Văn Ký", pem=False)
    mine = update(RegisteredCertificate).where(RegisteredCertificate.officer_id == "signatory")
    with office.database.writing() as session:
        session.execute(mine.values(der=der, key_kind="agent", valid_to=date(2022, 10, 1)))
    assert warn.fn() == WarnSummary(things=1, letters=3)
    assert warn.fn() == WarnSummary()
    with office.database.reading() as session:
        assert {one.kind for one in session.scalars(select(Notice))} == {"expiry"}
