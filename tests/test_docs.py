"""The pages tell the truth of today."""

import ast
import importlib
import pkgutil
import re
import subprocess
from pathlib import Path

import pytest

import actions
import archive
import delivery
import documents
import portal
import signing
import wiring
from actions.answers.status_codes import STATUS_STATES
from actions.exporting import DELIVERY_COLUMNS, OBLIGATION_COLUMNS
from models.lifecycle import (
    DELIVERY_MOVES,
    DeliveryState,
    DirectiveState,
    ObligationState,
    OutboxState,
)
from portal.problems import HTTP_WORDS
from signing.words import RULES

ROOT = Path(__file__).resolve().parents[1]


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("states", [DirectiveState, DeliveryState, ObligationState, OutboxState])
def test_every_state_is_on_the_page_of_lives(states: type[DirectiveState]) -> None:
    text = page("lifecycle.md")
    assert [state.value for state in states if not re.search(rf"\b{state.value}\b", text)] == []


def test_what_may_follow_what_of_a_delivery_is_on_the_page_as_in_the_code() -> None:
    rows = re.findall(r"^\| (\w+) \| ([\w, ]+|—) \|$", page("lifecycle.md"), re.MULTILINE)
    said = {state: set() if after == "—" else set(after.split(", ")) for state, after in rows}
    for state, after in DELIVERY_MOVES.items():
        assert said[state.value] == {one.value for one in after}


def test_every_status_that_moves_a_delivery_is_on_the_page() -> None:
    row = re.compile(r"^\| edxml \| ([\d, ]+) \| ([\w, ]+) \|", re.MULTILINE)
    said: dict[str, str] = {}
    for codes, states in row.findall(page("lifecycle.md")):
        said |= zip(codes.split(", "), states.split(", "), strict=True)
    assert said == {code: state.value for code, state in STATUS_STATES.items()}


def test_every_column_is_on_the_page_of_stories() -> None:
    text = page("stories.md")
    for column in (*DELIVERY_COLUMNS, *OBLIGATION_COLUMNS):
        assert re.search(rf"\b{column}\b", text), column


def error_codes() -> dict[str, str]:
    found = {}
    for room in (actions, archive, delivery, documents, portal, signing, wiring):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if not module.name.endswith("errors"):
                continue
            for value in vars(importlib.import_module(module.name)).values():
                code = getattr(value, "code", None)
                if isinstance(value, type) and issubclass(value, Exception) and code:
                    found[f"{room.__name__}:{code}"] = value.__name__
    return found


def codes_written_in(folder: Path) -> set[str]:
    """Codes that the portal gives without an error class of its own: `Problem(code="…")`."""
    calls = [
        node
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    given = [word.value for call in calls for word in call.keywords if word.arg == "code"]
    return {str(one.value) for one in given if isinstance(one, ast.Constant)}


def test_every_code_of_the_portal_is_documented() -> None:
    codes = codes_written_in(ROOT / "portal") | {code for code, _ in HTTP_WORDS.values()}
    assert {"database_unavailable", "internal", "invalid_input"} <= codes
    text = page("errors.md")
    assert [code for code in sorted(codes) if f"`{code}`" not in text] == []


def test_every_error_code_and_finding_is_documented() -> None:
    text = page("errors.md")
    missing = [code for code in error_codes() if f"`{code.partition(':')[2]}`" not in text]
    missing += [code for code in RULES if f"`{code}`" not in text]
    assert missing == []


def test_every_decision_record_is_in_the_list() -> None:
    listed = page("adr/README.md")
    for record in sorted((ROOT / "docs" / "adr").glob("0*.md")):
        assert record.name in listed


def test_links_between_pages_lead_somewhere() -> None:
    for source in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        text = source.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (source.parent / target).exists(), f"{source.name}: {target}"
        for target in re.findall(r"`(docs/[\w./-]+\.md|demo/[\w./-]+)`", text):
            assert (ROOT / target).exists() or "…" in target, f"{source.name}: {target}"


def test_make_help_lists_the_two_commands() -> None:
    said = subprocess.run(
        ["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    assert re.search(r"^demo\b", said, re.MULTILINE)
    assert re.search(r"^test\b", said, re.MULTILINE)
