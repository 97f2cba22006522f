"""What every page works with: the open office and a few things kept beside it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Request
from jinja2 import Environment

from actions.auditing import Actor
from actions.desk import Desk, local_day
from actions.listing.sight import Reader
from models.base import DirectiveId
from models.session import Database
from portal.asking import Asking
from portal.batches import BatchRunner
from portal.check_keeping import KeptChecks
from portal.kept_counts import KeptCounts
from portal.limits import RateLimit
from portal.once import OnceForms
from portal.pictures import Pictures
from portal.source_reading import SourceReader
from signing.compare.comparing import Comparing
from signing.viewing.viewing import Viewing
from wiring.bootstrap import Office

JUDGED_AT_ONCE = 4
"""Files that wait for or are under judgement; further ones queue without holding up the pages."""
LOOKED_AT_ONCE = 3
"""Pages of strangers' files that are drawn or wait for it; further ones queue likewise."""


@dataclass(frozen=True, kw_only=True)
class Portal:
    """One portal process."""

    office: Office
    templates: Environment
    nudge: Callable[[DirectiveId], None]
    """Lets the run of a directive look again; returns at once."""
    pictures: Pictures
    checks: RateLimit = field(default_factory=lambda: RateLimit(per_minute=30, burst=15))
    """How often one address may have files checked."""
    looks: RateLimit = field(default_factory=lambda: RateLimit(per_minute=300, burst=150))
    """How often one address may have pages of its checked files drawn."""
    code_looks: RateLimit = field(default_factory=lambda: RateLimit(per_minute=30, burst=30))
    """How often one address may ask whether a paper is real by its code."""
    wrong_papers: RateLimit = field(default_factory=lambda: RateLimit(per_minute=120, burst=240))
    """How many codes that no paper bears all addresses together may ask for."""
    number_looks: RateLimit = field(default_factory=lambda: RateLimit(per_minute=4, burst=6))
    """How often one address may ask for a paper by number and day."""
    all_number_looks: RateLimit = field(default_factory=lambda: RateLimit(per_minute=60, burst=60))
    """How often all addresses together may."""
    exchanges: RateLimit = field(default_factory=lambda: RateLimit(per_minute=1200, burst=300))
    """How often one address may post messages between offices."""
    programs: RateLimit = field(default_factory=lambda: RateLimit(per_minute=1200, burst=600))
    """How often one API token may ask."""
    sign_ins: RateLimit = field(default_factory=lambda: RateLimit(per_minute=20, burst=20))
    """How often one address may try to sign in."""
    pairings: RateLimit = field(default_factory=lambda: RateLimit(per_minute=6, burst=6))
    """How often one address may try a pairing code."""
    wrong_codes: RateLimit = field(default_factory=lambda: RateLimit(per_minute=20, burst=20))
    """How many wrong pairing codes all addresses together may try."""
    forms: OnceForms = field(default_factory=OnceForms)
    """Forms with a PIN, each of which touches a key once."""
    asking: Asking = field(default_factory=Asking)
    """Questions to certificate authorities that are under way."""
    batches: BatchRunner = field(default_factory=BatchRunner)
    """Batches that are being signed."""
    counts: KeptCounts = field(default_factory=KeptCounts)
    """Figures of boards that are dear to count."""
    judges: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(JUDGED_AT_ONCE))
    lookers: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(LOOKED_AT_ONCE))
    sources: SourceReader
    """Reads files that drafts begin with."""
    checked: KeptChecks
    """What visitors had checked lately."""
    viewing: Viewing
    """Draws pages of strangers' files."""
    comparing: Comparing
    """Compares strangers' files with what was signed."""

    @property
    def desk(self) -> Desk:
        """The tools of the deeds."""
        return self.office.desk

    @property
    def database(self) -> Database:
        """The tables."""
        return self.office.desk.database

    @property
    def secure(self) -> bool:
        """Whether people reach the portal by https, so that cookies may insist on it."""
        return self.office.settings.portal_url.startswith("https:")

    def at(self) -> datetime:
        """Returns the instant of now: aware, UTC."""
        return self.desk.clock()

    def today(self) -> date:
        """Returns today in Vietnam."""
        return local_day(self.at())

    @contextmanager
    def looking(self, actor: Actor) -> Iterator[Reader]:
        """One consistent look, as an officer."""
        with self.database.reading() as session:
            yield Reader(session=session, actor=actor, day=self.today())


async def portal_of(request: Request) -> Portal:
    """Returns the portal that serves a request."""
    portal: Portal = request.app.state.portal
    return portal


ThePortal = Annotated[Portal, Depends(portal_of)]
"""The portal, as a parameter of a page."""


def address_of(request: Request) -> str:
    """Returns the address that a request came from."""
    return request.client.host if request.client else "-"
