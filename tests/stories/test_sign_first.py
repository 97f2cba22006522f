"""A whole journey in an office that signs first."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from models.audit import AuditEvent
from models.directive import Directive
from models.numbering import RegisterEntry, TakenNumber
from models.signature import Signature
from tests.stories.conftest import PROJECT, Played

pytestmark = [pytest.mark.timeout(600), pytest.mark.soak]

_STEP = re.compile(r"\[\[step\]\]\n(?:(?!\n\[).)*", re.DOTALL)
_SETTING = "[office]\nnumber_after_signing = true\n"


def written(folder: Path) -> Path:
    """The story of the killed worker, without its kills, in the other order."""
    office = (PROJECT / "demo" / "office.toml").read_text(encoding="utf-8")
    (folder / "office.toml").write_text(office.replace("[office]\n", _SETTING), encoding="utf-8")
    told = Path(__file__).with_name("kills.toml").read_text(encoding="utf-8")
    head, steps = told[: told.index("[[kill]]")], told[told.index("[[step]]") :]
    sign, number = 'does = "sign"', 'does = "take_number"'
    early = '[[step]]\nat = 2022-09-21T08:55:00+07:00\nwho = "clerk"\n' + number
    too_early = early + '\nrefused = "wrong_state"\n\n'
    first = steps.index("[[step]]\nat = 2022-09-21T09:00")
    signing = steps.index("[[step]]\nat = 2022-09-21T09:10")
    sealing = steps.index("[[step]]\nat = 2022-09-21T09:30")
    take = early.replace("T08:55", "T09:20") + "\n\n"
    steps = steps[:first] + too_early + steps[signing:sealing] + take + steps[sealing:]
    assert steps.index(sign) < steps.rindex(number)
    head = head.replace('office = "demo"', 'office = "office.toml"')
    head = head.replace("../../demo/", f"{PROJECT}/demo/")
    path = folder / "story.toml"
    path.write_text(head + steps, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def numbered_after(
    play_story: Callable[[Path], Played], tmp_path_factory: pytest.TempPathFactory
) -> Played:
    return play_story(written(tmp_path_factory.mktemp("sign_first")))


@pytest.fixture
def truth(numbered_after: Played) -> Iterator[Session]:
    engine = create_engine(f"sqlite:///{numbered_after.folder / 'work' / 'office.sqlite'}")
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_it_goes_out_with_its_number_and_passes(
    numbered_after: Played, poppler: Callable[..., str]
) -> None:
    figures = numbered_after.figures
    assert (figures["number"], figures["verdict"]) == ("96-HD/BTGTU", "passed")
    assert figures["delivered"] == figures["recipients"] > 0
    path = str(numbered_after.folder / "directive.pdf")
    said = poppler("pdfsig", "-nocert", path)
    assert said.count("Signature is Valid") == 2
    text = poppler("pdftotext", "-l", "1", "-layout", path, "-")
    assert "Số 96-HD/BTGTU" in text
    assert "Đà Lạt, ngày 21 tháng 9 năm 2022" in text


def test_the_number_came_after_the_officer_and_before_the_seal(truth: Session) -> None:
    directive = truth.scalars(select(Directive)).one()
    deeds = [
        row.deed
        for row in truth.scalars(select(AuditEvent).order_by(AuditEvent.sequence))
        if row.subject_id == str(directive.id) and row.outcome == "done"
    ]
    way = ["approve", "freeze", "complete_signature", "take_number", "complete_seal", "issue"]
    assert [deed for deed in deeds if deed in way] == way


def test_there_is_one_number_one_entry_and_one_pair_of_signatures(truth: Session) -> None:
    assert [row.number for row in truth.scalars(select(TakenNumber))] == [96]
    entry = truth.scalars(select(RegisterEntry)).one()
    assert entry.columns["number_symbol"] == "96-HD/BTGTU"
    kinds = sorted(row.kind for row in truth.scalars(select(Signature)) if row.state == "completed")
    assert kinds == ["officer", "seal"]
