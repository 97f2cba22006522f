"""Who may do what: posts with dates, and duties that must be kept apart.

Every right is checked here and nowhere else; doors ask, deeds insist.
"""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from actions.auditing import Actor
from actions.desk import Deed
from actions.errors import NotAuthorisedError, NotFoundError
from models.directive import Directive
from models.discussion import OpinionRequest
from models.lifecycle import DirectiveState
from models.officer import Officer, Post, Role
from models.session import once

ROLE_WORDS = {
    Role.DRAFTER: "người soạn thảo",
    Role.CONTENT_REVIEWER: "người kiểm tra nội dung",
    Role.FORM_REVIEWER: "người kiểm tra thể thức",
    Role.SIGNATORY: "người ký",
    Role.REGISTRY_CLERK: "văn thư",
    Role.FOLLOW_UP: "người theo dõi",
    Role.OPERATOR: "người vận hành",
    Role.AUDITOR: "người giám sát",
    Role.ADMINISTRATOR: "quản trị",
}
"""How a role is called to people."""

ROLE_DEEDS = {
    Role.DRAFTER: "viết dự thảo, trình, rút lại, sửa khi bị trả lại",
    Role.CONTENT_REVIEWER: "xem nội dung đúng chưa; là người khác với người kiểm tra thể thức",
    Role.FORM_REVIEWER: "xem thể thức, kỹ thuật trình bày đúng chưa",
    Role.SIGNATORY: "phê duyệt và ký số; cần thêm quyền ký và chứng thư",
    Role.REGISTRY_CLERK: "cấp số, đóng dấu, phát hành, văn bản đến, sổ",
    Role.FOLLOW_UP: "đôn đốc, nhận hoặc trả lại báo cáo của đơn vị",
    Role.OPERATOR: "xem và chạy các việc máy tự làm",
    Role.AUDITOR: "xem nhật ký, không sửa gì",
    Role.ADMINISTRATOR: "cán bộ, tài khoản, đơn vị, chứng thư, dãy số",
}
"""What a role does, in a few words for whoever gives it."""

BEFORE_SIGNATURE = (
    DirectiveState.DRAFTING,
    DirectiveState.RETURNED,
    DirectiveState.IN_REVIEW,
    DirectiveState.APPROVED,
    DirectiveState.NUMBERED,
)
"""States in which the text may still come in another version."""


def posts_on(session: Session, officer_id: str, day: date) -> list[Post]:
    """Returns the posts that an officer holds on a day."""
    held = (
        select(Post)
        .where(
            Post.officer_id == officer_id,
            Post.valid_from <= day,
            or_(Post.valid_to.is_(None), Post.valid_to >= day),
        )
        .order_by(Post.id)
    )
    return list(once(session, ("posts", officer_id, day), lambda: session.scalars(held).all()))


def roles_on(session: Session, officer_id: str, organisation_id: str, day: date) -> frozenset[Role]:
    """Returns the roles an officer has at an organisation on a day."""
    return frozenset(
        Role(role)
        for post in posts_on(session, officer_id, day)
        if post.organisation_id == organisation_id
        for role in post.roles
    )


def officer_actor(session: Session, officer_id: str, day: date) -> Actor:
    """Returns the actor for an officer, named with the post held on that day.

    Raises:
        NotFoundError: no such officer, or one who has left.
    """
    officer = session.get(Officer, officer_id)
    if officer is None or (officer.left_on is not None and officer.left_on < day):
        raise NotFoundError("cán bộ", officer_id)
    posts = posts_on(session, officer_id, day)
    title = f", {posts[0].title}" if posts else ""
    return Actor(kind="officer", id=officer.id, name=f"{officer.name}{title}")


def require_role(deed: Deed, role: Role, organisation_id: str, what: str) -> None:
    """Insists that the actor holds a role at the organisation today.

    Args:
        deed: the deed being done.
        role: the role it needs.
        organisation_id: where.
        what: the deed in Vietnamese, for the refusal.

    Raises:
        NotAuthorisedError: the actor does not hold it, or is no officer.
    """
    if deed.actor.kind != "officer" or role not in roles_on(
        deed.session, deed.actor.id, organisation_id, deed.day
    ):
        raise NotAuthorisedError(deed.actor.name, what, ROLE_WORDS[role])


def require_person(deed: Deed, officer_id: str | None, what: str, who: str) -> None:
    """Insists that the actor is the very officer who was named for this step.

    Raises:
        NotAuthorisedError: it is somebody else.
    """
    if deed.actor.kind != "officer" or deed.actor.id != officer_id:
        raise NotAuthorisedError(deed.actor.name, what, who)


def may_see(session: Session, officer_id: str, directive: Directive, day: date) -> bool:
    """Tells whether an officer may open a directive: anybody with a post at its office.

    Who is asked for an opinion, in person or as a unit, sees the draft until it is signed.
    """
    posts = {post.organisation_id for post in posts_on(session, officer_id, day)}
    return directive.organisation_id in posts or _is_asked(session, officer_id, posts, directive)


def _is_asked(session: Session, officer_id: str, posts: set[str], directive: Directive) -> bool:
    if directive.signed_sha256 is not None or directive.state not in BEFORE_SIGNATURE:
        return False
    asked = (
        select(OpinionRequest.id)
        .where(
            OpinionRequest.directive_id == directive.id,
            OpinionRequest.withdrawn_at.is_(None),
            or_(OpinionRequest.officer_id == officer_id, OpinionRequest.organisation_id.in_(posts)),
        )
        .limit(1)
    )
    return session.scalars(asked).first() is not None
