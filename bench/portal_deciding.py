"""From a decision that was recorded to the machine's next step: Prefect, worker and portal run.

The clerk takes a number in the portal; then the machine makes the pages that will be signed. Told
is the time from the answer to the clerk until those pages stand in the database: waking the run,
the step itself, and all between. The decisions fall on every fifth second of the minute, for the
periodic flows begin at certain ones.
"""

from __future__ import annotations

import re
import sys
from time import perf_counter, sleep, time
from typing import Final

import httpx

from actions.drafting import start_directive, submit
from bench.portal_office import STEPS, Asked, actor, sign_in
from bench.tables import show
from models.base import DirectiveId
from models.directive import Directive
from portal.identity import SESSION_COOKIE
from wiring.bootstrap import Office, open_office
from wiring.demo_draft import PEOPLE, REVIEWED
from wiring.processes import LocalEngine, any_port
from wiring.settings import changed
from wiring.stories.reviewed import make_draft, read_reviewed

MINUTE_S: Final = 60
APART_S: Final = 25
"""A directive is ready for its number in half of it; 25, 50, 75 … are all fives of the minute."""
TIMES: Final = 12
LIMIT_S: Final = 3
PATIENCE_S: Final = 60
LOOK_S: Final = 0.02
PAUSE_S: Final = 2
"""A person's pause, in which the run goes to sleep again."""
_TOKEN: Final = re.compile(r'name="csrf" value="([^"]+)"')
_DEEDS: Final = ("check_content", "check_form", "approve", "take_number")


def seconds_to_the_machine(asked: Asked) -> dict[str, float]:
    """Tells how long it takes from a decision to the end of the machine's next step."""
    with LocalEngine(changed(asked.settings, portal__port=any_port())) as engine:
        engine.start_engine()
        url = engine.start_portal()
        with open_office(engine.settings) as office:
            took = sorted(_once(office, url, turn * APART_S % MINUTE_S) for turn in range(TIMES))
    rows = [("fastest", f"{took[0]:.2f}"), ("median", f"{took[TIMES // 2]:.2f}"),
            ("slowest", f"{took[-1]:.2f}")]  # fmt: skip
    title = f"From a number taken to the pages made, {TIMES} times"
    sys.stdout.write(show(title, ("", "s"), rows) + "\n")
    return {
        "portal_decision_to_step_s": round(took[TIMES // 2], 2),
        "portal_decision_to_step_slowest_s": round(took[-1], 2),
    }


def _once(office: Office, url: str, second: int) -> float:
    """A new directive is handed in, checked and approved; its number is taken at that second."""
    draft = make_draft(read_reviewed(REVIEWED), PEOPLE, {})
    drafter = actor(office, PEOPLE.drafter)
    key = start_directive(office.desk, drafter, draft=draft)
    submit(office.desk, drafter, key)
    office.nudge(key)
    decided = 0.0
    for deed, who in zip(_DEEDS, (*(who for _, who in STEPS), PEOPLE.clerk), strict=True):
        sleep((second - time()) % MINUTE_S if deed == _DEEDS[-1] else PAUSE_S)
        decided = _decide(office, url, key, deed, who)
    return _frozen(office, key) - decided


def _decide(office: Office, url: str, key: DirectiveId, deed: str, who: str) -> float:
    """Sends a decision as a browser does; returns when the answer was there."""
    with httpx.Client(cookies={SESSION_COOKIE: sign_in(office, who)}) as browser:
        token = _TOKEN.search(browser.get(f"{url}/so-van-ban").text)
        if token is None:
            raise AssertionError
        answer = browser.post(
            f"{url}/van-ban/{key}/quyet-dinh/{deed}", data={"csrf": token[1], "revision": "1"}
        )
    if answer.status_code != httpx.codes.SEE_OTHER:
        raise AssertionError(answer.text)
    return perf_counter()


def _frozen(office: Office, key: DirectiveId) -> float:
    """Waits until the pages to be signed are there; returns when they were."""
    ends = perf_counter() + PATIENCE_S
    while perf_counter() < ends:
        with office.database.reading() as session:
            if session.get_one(Directive, key).frozen_sha256 is not None:
                return perf_counter()
        sleep(LOOK_S)
    raise TimeoutError(str(key))
