"""The demo's office: every recipient of the seed, its groups as real units by date."""

import json
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import or_, select

from actions.access import roles_on
from actions.auditing import MACHINE
from actions.entitlement import entitled_authority
from actions.office_loading import load_office
from models.numbering import NumberSeries
from models.officer import Role
from models.organisation import GroupMembership, Office, Organisation, OrganisationSuccessor
from models.session import Database

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "demo" / "office.toml"
TRUTH = ROOT.parent / "shared" / "seed" / "96-HD-BTGTU.truth.json"
AT = datetime(2022, 9, 1, 1, 0, tzinfo=UTC)
DAY = date(2022, 9, 21)
OFFICE = "btgtu-lam-dong"


@pytest.fixture
def demo(database: Database) -> Database:
    load_office(database, DEMO, at=AT, actor=MACHINE)
    return database


def names() -> set[str]:
    entries: dict[str, Any] = tomllib.loads(DEMO.read_text(encoding="utf-8"))
    return {
        name.casefold()
        for kind in ("organisation", "group")
        for one in entries[kind]
        for name in (one["name"], *one.get("aliases", ()))
    }


def members(database: Database, group: str, day: date) -> set[str]:
    with database.reading() as session:
        return set(
            session.scalars(
                select(GroupMembership.organisation_id).where(
                    GroupMembership.group_id == group,
                    GroupMembership.valid_from <= day,
                    or_(GroupMembership.valid_to.is_(None), GroupMembership.valid_to >= day),
                )
            )
        )


def test_the_demo_office_loads_and_loads_again_without_change(demo: Database) -> None:
    again = load_office(demo, DEMO, at=AT, actor=MACHINE)
    assert (again.created, again.changed, again.missing) == ((), (), ())
    with demo.reading() as session:
        office = session.scalars(select(Office)).one()
        assert (office.organisation_id, office.test_only) == (OFFICE, True)


@pytest.mark.skipif(not TRUTH.exists(), reason="the seed beside the project is absent")
def test_every_recipient_of_the_seed_is_a_unit_or_a_group_of_the_office() -> None:
    truth = json.loads(TRUTH.read_text(encoding="utf-8"))
    wanted = {
        member.split(" (")[0].casefold()
        for line in truth["recipients"]
        for member in line.get("members", [line["raw"]])
    }
    assert wanted - names() == set()


def test_district_committees_are_twelve_in_2022_and_none_after_june_2025(demo: Database) -> None:
    assert len(members(demo, "huyen-uy-thanh-uy", DAY)) == 12
    assert len(members(demo, "huyen-uy-thanh-uy", date(2025, 6, 30))) == 12
    assert members(demo, "huyen-uy-thanh-uy", date(2025, 7, 1)) == set()


def test_the_department_of_information_stands_alone_and_in_its_group(demo: Database) -> None:
    assert "so-tt-tt" in members(demo, "so-ban-nganh-tinh", DAY)
    assert "so-tt-tt" not in members(demo, "so-ban-nganh-tinh", date(2025, 3, 1))
    with demo.reading() as session:
        successors = session.scalars(
            select(OrganisationSuccessor.successor_id).where(
                OrganisationSuccessor.organisation_id == "so-tt-tt"
            )
        ).all()
    assert successors == ["so-khoa-hoc-cong-nghe"]


def test_every_role_has_an_officer_and_the_checks_are_two_people(demo: Database) -> None:
    entries = tomllib.loads(DEMO.read_text(encoding="utf-8"))
    with demo.reading() as session:
        held = [roles_on(session, one["id"], OFFICE, DAY) for one in entries["officer"]]
    assert frozenset[Role]().union(*held) == frozenset(Role)
    assert all(len(roles) == 1 for roles in held)


def test_the_signatory_is_entitled_on_the_day_of_the_seed(demo: Database) -> None:
    with demo.reading() as session:
        authority = entitled_authority(
            session, "ky-thay-truong-ban", officer_id="tran-trung-hieu", organisation_id=OFFICE,
            doc_type="Hướng dẫn", day=DAY,
        )  # fmt: skip
    assert authority.capacity_lines == ["K/T TRƯỞNG BAN"]


def test_the_series_of_guidelines_stands_at_95(demo: Database) -> None:
    with demo.reading() as session:
        assert session.get_one(NumberSeries, "hd-2020-2025").stands_at == 95


def test_whatever_is_invented_says_so_and_no_address_leads_anywhere(demo: Database) -> None:
    with demo.reading() as session:
        units = session.scalars(select(Organisation)).all()
    assert all(unit.invented for unit in units)
    assert all((unit.address or "").endswith(".example") for unit in units)
    entries = tomllib.loads(DEMO.read_text(encoding="utf-8"))
    assert [one["id"] for one in entries["officer"] if not one.get("invented")] == [
        "tran-trung-hieu"
    ]
    assert "ĐẶT RA CHO BẢN DEMO" in DEMO.read_text(encoding="utf-8")
