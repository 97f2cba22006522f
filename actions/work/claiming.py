"""Taking up what waits for several people, and giving it back.

A claim tells colleagues that somebody is at it. It bars nobody: who may do what is decided by the
deeds alone, so that nothing waits for somebody who fell ill.
"""

from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.auditing import Actor
from actions.desk import Deed, Desk, doing
from actions.errors import NotAuthorisedError, TakenError, WrongStateError
from actions.work.items import Subject, Waiting
from actions.work.listing import everything_for
from actions.work.queues import colleagues, others_of
from models.officer import Officer
from models.work import Claim


def claim(desk: Desk, actor: Actor, subject: Subject) -> None:
    """Takes up something that lies in a queue of the actor's. Twice by the same: nothing happens.

    Raises:
        NotAuthorisedError: it does not wait for the actor (any more).
        TakenError: a colleague was quicker; the sentence names them.
    """
    with doing(desk, actor, "claim_work", kind=subject.about, subject=subject.id) as deed:
        deed.detail |= {"step": subject.step}
        one = _waiting(deed, subject)
        _end_void(deed, one, deed.day)
        try:
            with deed.session.begin_nested():
                deed.session.execute(
                    insert(Claim).values(**_key(subject), officer_id=actor.id, at=deed.at)
                )
        except IntegrityError:
            holder = _holder(deed.session, subject)
            if holder is not None and holder.id != actor.id:
                raise TakenError(holder.name) from None


def give_back(desk: Desk, actor: Actor, subject: Subject) -> None:
    """Gives back what the actor has taken up; it waits for everybody again.

    Raises:
        WrongStateError: the actor does not hold it.
    """
    with doing(desk, actor, "give_back_work", kind=subject.about, subject=subject.id) as deed:
        deed.detail |= {"step": subject.step}
        gone = deed.session.execute(
            delete(Claim).filter_by(**_key(subject)).where(Claim.officer_id == actor.id)
        )
        if gone.rowcount == 0:  # type: ignore[attr-defined]  # a DELETE gives a CursorResult
            raise WrongStateError(
                "Việc này", expected=("đồng chí đang giữ",), actual="không do đồng chí giữ"
            )


def _waiting(deed: Deed, subject: Subject) -> Waiting:
    work = everything_for(deed.session, deed.actor.id, deed.at)
    for one in (*work.mine, *work.taken):
        if one.subject == subject and one.queue:
            return one
    raise NotAuthorisedError(deed.actor.name, "nhận việc này", "người có việc này trong hàng chờ")


def _end_void(deed: Deed, one: Waiting, day: date) -> None:
    """Ends the claim of somebody who may not do it any more."""
    able = others_of(colleagues(deed.session, [one.organisation_id], day), one)
    deed.session.execute(
        delete(Claim).filter_by(**_key(one.subject)).where(Claim.officer_id.not_in(able))
    )


def _key(subject: Subject) -> dict[str, object]:
    return {
        "about": subject.about, "subject_id": subject.id, "step": subject.step,
        "revision": subject.revision,
    }  # fmt: skip


def _holder(session: Session, subject: Subject) -> Officer | None:
    return session.scalars(
        select(Officer).join(Claim, Claim.officer_id == Officer.id).filter_by(**_key(subject))
    ).one_or_none()
