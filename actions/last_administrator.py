"""The last administrator who can sign in neither leaves nor is closed: somebody lets others in."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from actions.errors import InvalidInputError, Problem
from models.officer import Account, Officer, Post, Role, in_service
from models.organisation import Office


def administrators(session: Session, day: date) -> tuple[Officer, ...]:
    """Returns who can administer the office on a day: in service, in post, with an open account."""
    rows = session.execute(
        select(Officer, Post.roles)
        .join(Post, Post.officer_id == Officer.id)
        .join(Account, Account.officer_id == Officer.id)
        .join(Office, Office.organisation_id == Post.organisation_id)
        .where(
            Account.disabled_at.is_(None),
            in_service(day),
            Post.valid_from <= day,
            or_(Post.valid_to.is_(None), Post.valid_to >= day),
        )
        .order_by(Officer.id)
    )
    found = {officer.id: officer for officer, roles in rows if Role.ADMINISTRATOR.value in roles}
    return tuple(found.values())


def require_another(session: Session, officer: Officer, *days: date) -> None:
    """Insists that somebody else can administer the office on these days, where this officer can.

    Two administrators who close each other at once wait for each other here: the second is refused.

    Raises:
        InvalidInputError: this officer is the last one.
    """
    session.execute(select(Office.id).with_for_update())
    for day in days:
        found = {one.id for one in administrators(session, day)}
        if found == {officer.id}:
            said = (
                f"{officer.name} là người quản trị duy nhất đăng nhập được. Giao vai trò quản trị "
                "cho người khác, mở tài khoản cho người đó, rồi làm lại."
            )
            raise InvalidInputError(Problem(place="Người quản trị", reason=said))
