"""Thiết lập: from an empty office to real signatures, part by part, each with what remains."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from actions.administering.attention import attention
from actions.administering.people import people
from actions.anchor_rows import readable
from actions.setup_parts import PART_WORDS, PartState, parts
from actions.setup_steps import ANCHORS
from portal.administering import PREFIX, Administrator
from portal.context import ThePortal
from portal.rendering import page
from wiring.trial import surroundings

TONES: Final = {PartState.REAL: "good", PartState.TRIAL: "wait", PartState.MISSING: "bad"}

router = APIRouter(prefix=f"{PREFIX}/thiet-lap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the office has come."""

    done: int
    whole: int


@router.get("")
def setting_up(request: Request, portal: ThePortal, person: Administrator) -> Response:
    """Shows every part of the set-up with its state; nothing is tried or written."""
    with readable(portal.office.settings.trust_folder):
        around = surroundings(portal.office.settings)
    with portal.database.reading() as session:
        found = parts(session, around, at=portal.at())
        lines = people(session, person.actor, at=portal.at())
        matters = {str(one.matter) for one in attention(session, lines, at=portal.at())}
    needed = [one for one in found if one.needed]
    return page(
        request, "setting_up.html", person=person, parts=found, words=PART_WORDS, tones=TONES,
        progress=Progress(
            done=sum(one.state is PartState.REAL for one in needed), whole=len(needed)
        ),
        without_account=sum(one.lacks_account for one in lines), matters=matters,
        anchors=ANCHORS,
    )  # fmt: skip
