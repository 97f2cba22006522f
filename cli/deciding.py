"""Decisions from a terminal: sign in, see what it is about, be sure, decide, wake the flow."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import typer

from actions.auditing import Actor
from actions.issuing import IssuePlan, issue, preview
from actions.numbering import take_number
from actions.ordering import state_words
from actions.reviewing import STEP_WORDS, pass_step, return_draft
from actions.taking_back import take_back
from cli.acting import sign_in_as
from cli.case import find_directive, step_words, title
from cli.opening import opened_office
from cli.visible import visible
from models.directive import Directive
from models.lifecycle import ReviewStep
from wiring.bootstrap import Office

_YES: Final = frozenset({"c", "co", "có"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was typed."""

    key: str
    """Number or identifier of the directive."""
    username: str
    from_stdin: bool
    """Secrets come as lines; then nobody is there to be asked again."""
    sure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """An officer with one directive in hand."""

    office: Office
    actor: Actor
    directive: Directive


@contextmanager
def sitting(key: str, username: str, *, from_stdin: bool) -> Iterator[Sitting]:
    """Signs in, finds the directive, and after the deed says what comes next and wakes the flow.

    Raises:
        SignInRefusedError: the officer could not be signed in.
        DirectiveUnclearError: no such directive, or several.
    """
    with opened_office() as office:
        at = office.clock.now()
        actor, _ = sign_in_as(office.database, username, at=at, from_stdin=from_stdin)
        directive = find_directive(office.database, key)
        yield Sitting(office=office, actor=actor, directive=directive)
        for words in step_words(office.database, directive):
            typer.echo(visible(f"Việc tiếp theo: {words}"))
        _wake(office, directive)


def _wake(office: Office, directive: Directive) -> None:
    """The decision stands whatever Prefect does; without it `reconcile` wakes the flow later."""
    if office.orchestrator.is_healthy():
        office.nudge(directive.id)
        return
    words = "Bộ điều phối chưa chạy; quyết định đã ghi và sẽ được xử lý khi hệ thống chạy lại."
    typer.echo(words, err=True)


def be_sure(question: str) -> None:
    """Asks before something is done.

    Raises:
        typer.Abort: the answer was not yes.
    """
    answer = typer.prompt(f"{question} (c: có, k: không)", default="k", show_default=False)
    if str(answer).strip().casefold() not in _YES:
        raise typer.Abort


def _begin(order: Decision, at_hand: Sitting, what: str) -> None:
    one = at_hand.directive
    typer.echo(visible(f"{title(one)}, {one.doc_type}: {one.subject}"))
    typer.echo(f"Bản {one.revision}, {state_words(one)}.")
    if not order.sure and not order.from_stdin:
        be_sure(f"{what}?")


@contextmanager
def deciding(order: Decision, what: str) -> Iterator[Sitting]:
    """Signs in, shows the directive, asks whether to go on, and afterwards says what is next."""
    with sitting(order.key, order.username, from_stdin=order.from_stdin) as at_hand:
        _begin(order, at_hand, what)
        yield at_hand


def pass_review(order: Decision, step: str) -> None:
    """Passes a review step (`content`, `form`, `approval`) for the revision that was shown."""
    what = STEP_WORDS[ReviewStep(step)][0]
    with deciding(order, f"Xác nhận {what}") as now:
        one = now.directive
        pass_step(now.office.desk, now.actor, one.id, ReviewStep(step), revision=one.revision)
        typer.echo(f"Đã ghi: {what}, bản {one.revision}.")


def return_for_correction(order: Decision, reason: str) -> None:
    """Returns the draft to its drafter."""
    with deciding(order, "Trả lại người soạn thảo") as now:
        one = now.directive
        return_draft(now.office.desk, now.actor, one.id, reason=reason, revision=one.revision)
        typer.echo("Đã trả lại người soạn thảo.")


def take_back_to_change(order: Decision, reason: str) -> None:
    """Takes the drafter's own draft back from review."""
    with deciding(order, "Rút lại để sửa") as now:
        one = now.directive
        take_back(now.office.desk, now.actor, one.id, reason=reason, revision=one.revision)
        typer.echo("Đã rút lại; người kiểm tra được báo kèm lý do.")


def give_number(order: Decision, number: int | None, reason: str | None) -> None:
    """Gives the directive its number and date."""
    with deciding(order, "Cấp số") as now:
        given = take_number(
            now.office.desk, now.actor, now.directive.id, number=number, reason=reason
        )
        typer.echo(f"Đã cấp số {given}.")


def issue_now(order: Decision) -> None:
    """Issues the directive, once who gets it was shown."""
    with sitting(order.key, order.username, from_stdin=order.from_stdin) as now:
        for line in _plan_lines(preview(now.office.desk, now.directive.id)):
            typer.echo(visible(line))
        _begin(order, now, "Phát hành")
        plan = issue(now.office.desk, now.actor, now.directive.id)
        typer.echo(f"Đã phát hành {plan.number_text} tới {len(plan.units)} đơn vị.")


def _plan_lines(plan: IssuePlan) -> Iterator[str]:
    yield f"Nơi nhận ngày {plan.day:%d/%m/%Y}: {len(plan.units)} đơn vị; {plan.tasks} nhiệm vụ."
    for unit in plan.units:
        trouble = f" (chưa gửi được: {unit.problem})" if unit.problem else ""
        yield f"  - {unit.name}{trouble}"
