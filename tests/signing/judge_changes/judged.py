"""Asks our own judge alone what later revisions did, and answers in one word."""

from signing.judge.changes.permits import allowed
from signing.judge.changes.shapes import Step
from signing.judge.changes.steps import judge_steps
from signing.judge.file.document import open_document
from signing.judge.file.faults import RefusedStructure, UnsureStructure
from signing.judge.file.refusals import open_and_refuse
from signing.judge.file.signatures import list_signatures
from signing.verdict import Verdict

PASS = "pass"


def steps_of(pdf: bytes) -> tuple[Step, ...]:
    document = open_document(pdf)
    return judge_steps(document, list_signatures(document))


def broken_rule(pdf: bytes) -> str:
    """The name of the rule, or the code of the refusal; empty where every step is understood."""
    try:
        steps_of(pdf)
    except UnsureStructure as err:
        return err.rule
    except RefusedStructure as err:
        return err.code
    return ""


def answer(pdf: bytes) -> str:
    """As the whole of our judge but for the mathematics: `pass`, or why not."""
    opened = open_and_refuse(pdf)
    if opened.is_refused:
        return next(one.code for one in opened.findings if one.effect is not Verdict.PASSED)
    if opened.unsure or opened.document is None or opened.signatures is None:
        return str(opened.unsure)
    try:
        steps = judge_steps(opened.document, opened.signatures)
    except (UnsureStructure, RefusedStructure) as err:
        return str(err)
    findings = [one for each in opened.signatures.filled for one in allowed(each, steps)]
    return next((one.code for one in findings if one.effect is not Verdict.PASSED), PASS)
