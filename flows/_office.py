"""The office of this process, opened at the first use and shared by all runs in it."""

import logging
from functools import cache

from wiring.bootstrap import Office, open_office
from wiring.errors import OrchestratorError
from wiring.runs import DELIVER, MACHINE_TAG
from wiring.settings import load_settings

LOG = logging.getLogger(__name__)


@cache
def this_office() -> Office:
    """Returns the office that the environment names."""
    return open_office(load_settings())


def start_sending() -> None:
    """Lets `deliver-pending` run now rather than within a minute, when its schedule comes.

    What Prefect cannot do at this moment is no failure of the caller's work, which is done.
    """
    try:
        this_office().orchestrator.start(DELIVER, tags=(MACHINE_TAG,))
    except OrchestratorError as err:
        LOG.warning("sending is left to its schedule: %s", err)
