"""Which flows people may start, who may, and on what: the same for every door."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from actions.changing import expect_state, get_directive
from actions.errors import InvalidInputError, NotFoundError, Problem
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.officer import Role

_D = DirectiveState
_BEFORE_ISSUE: Final = (
    _D.DRAFTING, _D.IN_REVIEW, _D.RETURNED, _D.APPROVED, _D.NUMBERED, _D.SIGNED, _D.SEALED,
)  # fmt: skip
_AFTER_ISSUE: Final = (_D.ISSUED, _D.CORRECTED, _D.CLOSED, _D.RECALLED, _D.REPLACED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A flow as people know it."""

    flow: str
    """Name of its deployment."""
    title: str
    """What it does."""
    roles: frozenset[Role]
    """Each of them may start it."""
    states: tuple[DirectiveState, ...] = ()
    """States of the directive that it is run on; empty where it is about none."""

    @property
    def about_directive(self) -> bool:
        """Tells whether it is run on one directive."""
        return bool(self.states)


def _operation(
    flow: str, title: str, *roles: Role, states: tuple[DirectiveState, ...] = ()
) -> Operation:
    return Operation(
        flow=flow, title=title, roles=frozenset({*roles, Role.OPERATOR}), states=states
    )


_ALL: Final = (
    _operation(
        "deliver-pending", "Gửi các văn bản, thông báo đang chờ gửi", Role.REGISTRY_CLERK,
        Role.FOLLOW_UP,
    ),
    _operation("tell-events", "Báo sự kiện cho các hệ thống đã đăng ký", Role.ADMINISTRATOR),
    _operation(
        "receive-messages", "Nhận thư đến, văn bản đến, báo cáo", Role.REGISTRY_CLERK,
        Role.FOLLOW_UP,
    ),
    _operation("chase-reports", "Đôn đốc các đơn vị chưa báo cáo", Role.FOLLOW_UP),
    _operation(
        "consolidate-reports", "Tổng hợp báo cáo của một văn bản", Role.FOLLOW_UP,
        states=_AFTER_ISSUE,
    ),
    _operation(
        "route-directive", "Cho một văn bản đi tiếp bước của máy", Role.REGISTRY_CLERK,
        Role.DRAFTER, states=_BEFORE_ISSUE,
    ),
    _operation("reconcile", "Đối chiếu, sửa các lượt chạy đứng yên", Role.ADMINISTRATOR),
    _operation(
        "verify-archive", "Kiểm tra kho lưu trữ và nhật ký", Role.ADMINISTRATOR, Role.AUDITOR
    ),
    _operation(
        "add-timestamps", "Bổ sung dấu thời gian còn thiếu", Role.REGISTRY_CLERK,
        Role.ADMINISTRATOR,
    ),
    _operation("warn-of-expiry", "Báo trước những gì sắp hết hạn", Role.ADMINISTRATOR),
)  # fmt: skip

OPERATIONS: Final = {one.flow: one for one in _ALL}
"""Every flow by the name of its deployment."""


def operation(flow: str) -> Operation:
    """Returns the operation of a flow.

    Raises:
        NotFoundError: there is no such flow.
    """
    found = OPERATIONS.get(flow)
    if found is None:
        raise NotFoundError("luồng", flow)
    return found


def require_subject(
    session: Session, wanted: Operation, directive_id: UUID | None
) -> Directive | None:
    """Returns the directive that a run is about, or None where the flow is about none.

    Raises:
        InvalidInputError: it needs one and none was named, or the other way round.
        NotFoundError: there is no such directive.
        WrongStateError: the directive stands where this flow has nothing to do.
    """
    if wanted.about_directive != (directive_id is not None):
        said = (
            "Chưa chọn văn bản. Chọn một văn bản rồi chạy lại."
            if wanted.about_directive
            else "Luồng này không chạy cho riêng một văn bản. Bỏ trống mục văn bản."
        )
        raise InvalidInputError(Problem(place="Văn bản", reason=said))
    if directive_id is None:
        return None
    directive = get_directive(session, DirectiveId(directive_id))
    expect_state(directive, *wanted.states)
    return directive
