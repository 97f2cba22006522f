"""Adding the time stamps that were not to be had when it was signed. Without a person; repeatable.

A directive that is signed or sealed gets an archive time stamp as soon as a service answers; it
covers every signature in the file.
"""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.archive_stamps import NoTimestampError, may_stamp_unsealed, record, stamp
from actions.changing import get_directive
from actions.desk import Desk
from actions.errors import AlreadyDoneError, NotAcceptedError, UnavailableError, WrongStateError
from actions.keepers import Keeper, keeper_of
from actions.signatures import COMPLETED
from models.base import DirectiveId
from models.directive import Directive
from models.signature import Signature

DEED = "add_missing_timestamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class StampingReport:
    """What a call did about signatures without a time stamp."""

    added: tuple[str, ...] = ()
    """Directives whose signatures have one now, by number."""
    waiting: tuple[str, ...] = ()
    """A sentence for each that still waits, with the reason."""

    def sentences(self) -> tuple[str, ...]:
        """Vietnamese, a line each."""
        return (
            *(f"Văn bản {name}: đã bổ sung dấu thời gian." for name in self.added),
            *self.waiting,
        )


def add_missing_timestamps(desk: Desk, *, trust: str = "") -> StampingReport:
    """Adds an archive time stamp to every directive with a signature that has none.

    Idempotent: what has one is not touched. Where no service answers, the rest is not tried.

    Args:
        desk: the tools.
        trust: mark of anchors and rules, kept with the judgement.
    """
    with desk.database.reading() as session:
        keepers = _lacking(session)
    added: list[str] = []
    waiting: list[str] = []
    for at, keeper in enumerate(keepers):
        try:
            # Another run, an issue or a seal was quicker: the next call sees what is left.
            with suppress(AlreadyDoneError, WrongStateError):
                record(desk, DEED, stamp(desk, keeper), trust=trust)
                added.append(keeper.name)
        except NoTimestampError as err:
            waiting += [_waits(one, err.reason) for one in keepers[at:]]
            break
        except (NotAcceptedError, UnavailableError) as refusal:
            waiting.append(_waits(keeper, refusal.diagnosis()))
    return StampingReport(added=tuple(added), waiting=tuple(waiting))


def _waits(keeper: Keeper, reason: str) -> str:
    return (
        f"{keeper.title}: chưa bổ sung được dấu thời gian ({reason}). "
        "Việc cần làm: kiểm tra máy chủ dấu thời gian; hệ thống tự thử lại."
    )


def _lacking(session: Session) -> list[Keeper]:
    ids = session.scalars(
        select(Signature.directive_id)
        .join(Directive, Directive.id == Signature.directive_id)
        .where(Signature.state == COMPLETED, Signature.without_timestamp.is_(True))
        .distinct()
    )
    found = (_keeper(session, DirectiveId(one)) for one in ids if one is not None)
    return sorted((one for one in found if one is not None), key=lambda one: one.name)


def _keeper(session: Session, directive_id: DirectiveId) -> Keeper | None:
    directive = get_directive(session, directive_id)
    if directive.sealed_sha256 is None and not may_stamp_unsealed(session, directive):
        return None
    return keeper_of(session, directive)
