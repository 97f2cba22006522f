"""A page that we set ourselves is read back whole."""

from datetime import date, datetime
from pathlib import Path

from deadlines.phrases import find_phrases
from documents.content import DirectiveContent
from documents.intake.files import read_file
from documents.intake.reading import read_text
from documents.intake.result import IntakeResult
from documents.render import render


def read_back(content: DirectiveContent, at: datetime, fonts: Path) -> IntakeResult:
    pdf = render(content, at=at, fonts=fonts).pdf
    return read_text(read_file(pdf, "a.pdf"), directory=(), phrases=find_phrases)


def assert_same_paper(found: IntakeResult, content: DirectiveContent) -> None:
    assert found.number_full.value == content.number_text()
    assert found.regime.value is content.regime
    assert found.doc_type.value == content.doc_type
    assert found.title.value == content.title
    assert (found.place.value, found.issue_date.value) == (content.place, content.issue_date)
    assert [r.value.raw for r in found.recipients] == [r.raw for r in content.recipients]
    assert found.signer.value is not None
    assert found.signer.value.name == content.signature.name
    assert (found.signer.value.position or "").upper() == content.signature.position


def test_a_party_directive_reads_back_from_its_pdf(
    seed: DirectiveContent, at: datetime, fonts: Path
) -> None:
    found = read_back(seed, at, fonts)
    assert_same_paper(found, seed)
    assert (found.issuer.value or "").upper() == seed.issuer.upper()
    days = {d.value.label: d.value.phrase.last_allowed_day for d in found.deadlines}
    assert days["III.2"] == date(2022, 9, 30)
    assert days["III.3"] == days["III.4"] == date(2022, 10, 31)
    assert days["R1"] == date(2022, 10, 30)
    assert found.unresolved == ()


def test_a_state_plan_reads_back_from_its_pdf(
    plan: DirectiveContent, at: datetime, fonts: Path
) -> None:
    found = read_back(plan, at, fonts)
    assert_same_paper(found, plan)
    by_day = {d.value.phrase.due: d.value.units for d in found.deadlines if d.value.phrase.due}
    assert by_day[date(2025, 12, 31)]
    assert found.unresolved == ()
