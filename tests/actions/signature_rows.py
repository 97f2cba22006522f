"""What the tests of signing look up in the tables."""

from sqlalchemy import select

from actions.progress import next_step
from models.base import DirectiveId
from models.directive import Directive
from models.signature import Signature
from tests.support.front import Front


def signatures_of(front: Front) -> list[Signature]:
    with front.desk.database.reading() as session:
        return list(session.scalars(select(Signature).order_by(Signature.planned_at)))


def states_of(front: Front) -> list[str]:
    return sorted(row.state for row in signatures_of(front))


def next_deed(front: Front, key: DirectiveId) -> str:
    with front.desk.database.reading() as session:
        return next_step(session, session.get_one(Directive, key)).deed
