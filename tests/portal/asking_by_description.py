"""Asks the interface by its own description (schemathesis), each scope its own routes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from actions.api_tokens import add_api_token
from models.officer import Scope
from portal.api.describing import NONE
from portal.app import make_app
from portal.limits import RateLimit
from tests.portal.seeded import PEOPLE, seed_issued, seeded_office
from tests.support.serving_portal import served

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OFTEN = 1_000_000
ASKS: Final = {
    **dict.fromkeys(Scope, PEOPLE.clerk), Scope.ADMINISTER: "truong-my-linh"
}  # fmt: skip
"""Whose program asks the routes of a scope."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A portal of its own that may be asked as often as one likes."""

    url: str
    tokens: dict[Scope, str]


@contextmanager
def target(folder: Path, *, whole: bool) -> Iterator[Target]:
    """Serves an office with a draft (`whole`: an issued directive); a token for each scope."""
    with seeded_office(folder, limit_mib=2) as seeded:
        if whole:
            seed_issued(seeded)
        else:
            seeded.start()
        tokens = {
            scope: add_api_token(
                seeded.office.database, officer_id=who, label=scope.value,
                at=seeded.office.clock(), actor=seeded.actor(who), scopes=[scope],
            ).token
            for scope, who in ASKS.items()
        }  # fmt: skip
        app = make_app(seeded.office, nudge=seeded.machine)
        patient = RateLimit(per_minute=OFTEN, burst=OFTEN)
        app.state.portal = replace(app.state.portal, programs=patient, checks=patient)
        with served(app) as url:
            yield Target(url=url, tokens=tokens)


def ask_by_description(found: Target, scope: Scope | None, *options: str) -> str:
    """Returns what was found wrong, empty where nothing was.

    Args:
        found: a portal of its own.
        scope: asks the routes of this scope, with a token for it; None: those without any.
        options: of `st run`.
    """
    command = [
        str(Path(sys.executable).with_name("st")), "--config-file",
        str(HERE / "schemathesis.toml"), "run", f"{found.url}/api/openapi.json",
        "--header", f"Authorization: Bearer {found.tokens[scope or Scope.READ]}",
        "--continue-on-failure",
        "--warnings", "off", "--no-color", "--include-by",
        f'/x-scope == "{scope.value if scope else NONE}"', *options,
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=ROOT, text=True, capture_output=True, check=False,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.portal.schemathesis_hooks",
             "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout[-6000:] + done.stderr[-2000:]
