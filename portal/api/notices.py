"""Notices for programs: what the officer was told, and that it was read."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime
from starlette.responses import Response

from actions.notices.kinds import Kind
from actions.notices.showing import mark_all_read, mark_read, notices_of
from portal.api.shapes import DOES, LARGEST, After, Given, Limit, Listed, Told
from portal.calling import Reads, Writes

router = APIRouter(prefix="/api/v1/notices", tags=["notices"])


class OneNotice(Told):
    """One thing that the officer was told."""

    id: int
    kind: Kind
    words: str
    by: str
    """Who did it, name and post; empty for the machine."""
    reason: str
    """What was said of it: why a draft was taken back; empty elsewhere."""
    count: int
    """How often it came before it was read."""
    title: str
    """Number or `Dự thảo`; empty, as subject and path, where they may not see it any more."""
    subject: str
    directive_id: UUID | None
    """None where it is about something else: a paper or mail that came in, a draft, a batch."""
    path: str
    """Of the portal's page where one acts."""
    at: datetime
    read_at: datetime | None
    over_at: datetime | None
    """When nothing was asked of the officer any more."""


class UpTo(Given):
    """Which notices were seen."""

    up_to: AwareDatetime
    """`at` of the newest."""


@router.get("")
def notices(
    call: Reads,
    after: After = None,
    limit: Limit = 50,
    *,
    only_new: Annotated[bool, Query(description="Neither read nor over.")] = False,
) -> Listed[OneNotice]:
    """Returns the officer's own notices, newest first."""
    with call.looking() as reader:
        found = notices_of(
            reader.session, call.actor.id, call.portal.at(), only_new=only_new, after=after,
            limit=limit,
        )  # fmt: skip
    return Listed(items=[OneNotice.model_validate(one) for one in found.items], next=found.next)


@router.post("/read", **DOES)
def reads_all(call: Writes, body: UpTo) -> Response:
    """Marks the officer's notices as read, up to an instant."""
    at = call.portal.at()
    return call.do(lambda desk: mark_all_read(desk.database, call.actor.id, at, until=body.up_to))


@router.post("/{notice_id}/read", **DOES)
def reads(call: Writes, notice_id: Annotated[int, Path(ge=1, le=LARGEST)]) -> Response:
    """Marks one of the officer's notices as read."""
    at = call.portal.at()
    return call.do(lambda desk: mark_read(desk.database, call.actor.id, notice_id, at))
