"""The steps between two decisions that the machine does, each a task of `route_directive`."""

from collections.abc import Mapping
from typing import Final

from prefect import Task, task

from actions import freezing, numbering, sealing, signing_off
from actions.auditing import MACHINE
from flows._office import this_office
from flows._retries import PAUSES_S, RETRIES, worth_retrying
from models.base import DirectiveId


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def freeze(directive_id: DirectiveId) -> None:
    """Renders the document for the officer, with its empty fields, and stores it."""
    freezing.freeze(this_office().desk, directive_id)


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def take_number(directive_id: DirectiveId) -> None:
    """Takes the number where the office lets the machine take it."""
    numbering.take_number(this_office().desk, MACHINE, directive_id)


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def complete_signature(directive_id: DirectiveId) -> None:
    """Adds time stamp and evidence to the officer's signature and judges it."""
    signing_off.complete(this_office().desk, directive_id)


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def complete_seal(directive_id: DirectiveId) -> None:
    """Completes the seal, adds the archive time stamp and judges both signatures."""
    sealing.complete(this_office().desk, directive_id)


MACHINE_STEPS: Final[Mapping[str, Task[[DirectiveId], None]]] = {
    "take_number": take_number,
    "freeze": freeze,
    "complete_signature": complete_signature,
    "complete_seal": complete_seal,
}
