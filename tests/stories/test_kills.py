"""SIGKILL to the real worker in the middle of what cannot be undone."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from models.dispatch import Consignment, DeliveryAttempt
from models.numbering import TakenNumber
from models.report import Report
from models.signature import Signature
from tests.stories.conftest import Played

pytestmark = [pytest.mark.timeout(600), pytest.mark.soak]

LANES = 4
"""Connections to the mail server at once, as the settings have it."""


@pytest.fixture(scope="module")
def killed(play_story: Callable[[Path], Played]) -> Played:
    return play_story(Path(__file__).with_name("kills.toml"))


@pytest.fixture
def truth(killed: Played) -> Iterator[Session]:
    engine = create_engine(f"sqlite:///{killed.folder / 'work' / 'office.sqlite'}")
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_the_worker_was_killed_and_came_back(killed: Played) -> None:
    log = killed.folder / "work" / "logs" / "worker.log"
    assert log.exists()
    assert sum("dừng đột ngột" in words for words in killed.told) == 2


def test_there_is_one_number_and_one_pair_of_signatures(
    killed: Played, truth: Session, poppler: Callable[..., str]
) -> None:
    assert [row.number for row in truth.scalars(select(TakenNumber))] == [96]
    kinds = sorted(row.kind for row in truth.scalars(select(Signature)) if row.state == "completed")
    assert kinds == ["officer", "seal"]
    said = poppler("pdfsig", "-nocert", str(killed.folder / "directive.pdf"))
    assert said.count("Signature is Valid") == 2
    assert killed.figures["verdict"] == "passed"


def test_a_wrong_pin_changed_nothing(truth: Session) -> None:
    assert "000000" not in json.dumps(
        [[row.plan, row.problem] for row in truth.scalars(select(Signature))]
    )


def test_every_consignment_reached_its_server(killed: Played, truth: Session) -> None:
    consignments = list(truth.scalars(select(Consignment)))
    assert len(consignments) == killed.figures["recipients"] == killed.figures["delivered"]
    sent = killed.folder / "mail" / "sent"
    assert len(list(sent.glob("*.eml"))) == len(consignments)


def test_a_repeat_bears_the_same_message_id_and_is_recorded(killed: Played, truth: Session) -> None:
    repeats_file = killed.folder / "mail" / "repeats.jsonl"
    repeated = (
        [json.loads(line)["message_id"] for line in repeats_file.read_text().splitlines()]
        if repeats_file.exists()
        else []
    )
    known = {row.message_id: row.key for row in truth.scalars(select(Consignment))}
    tries: dict[str, int] = {}
    for attempt in truth.scalars(select(DeliveryAttempt)):
        tries[attempt.ikey] = tries.get(attempt.ikey, 0) + 1
    for message_id in repeated:
        assert tries[known[message_id]] >= 2
    interrupted = [
        row for row in truth.scalars(select(DeliveryAttempt)) if row.outcome == "unknown"
    ]
    assert 1 <= len(interrupted) <= LANES  # each connection may hold one when the worker dies
    assert truth.scalars(select(Report)).all() == []
