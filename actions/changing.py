"""The guarded change of a state: one UPDATE that names the state it expects."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from actions.desk import Deed
from actions.errors import NotFoundError, StaleRevisionError, WrongStateError
from actions.ordering import order_for, stands_as
from actions.search_words import TOLD, keep_words
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState, may_move


def get_directive(session: Session, directive_id: DirectiveId) -> Directive:
    """Returns the directive.

    Raises:
        NotFoundError: there is none.
    """
    directive = session.get(Directive, directive_id)
    if directive is None:
        raise NotFoundError("văn bản", directive_id)
    return directive


def expect_state(directive: Directive, *states: DirectiveState) -> None:
    """Raises `WrongStateError` unless the directive is in one of the states."""
    if DirectiveState(directive.state) not in states:
        raise WrongStateError("Văn bản", expected=tuple(states), actual=stands_as(directive))


def amend(
    deed: Deed,
    directive: Directive,
    *,
    expected: DirectiveState,
    **values: Any,  # noqa: ANN401 (columns of Directive, of every type)
) -> None:
    """Sets columns of a directive that is in `expected` and on the revision at hand, or refuses.

    The database decides: zero rows changed means that somebody was quicker. From here to the end
    of the transaction nobody else changes this directive, so what is read after it holds. Does
    not commit.

    Raises:
        WrongStateError: the directive is no longer in `expected`.
        StaleRevisionError: it has another revision by now.
    """
    seen = directive.revision
    changed = deed.session.execute(
        update(Directive)
        .where(
            Directive.id == directive.id,
            Directive.state == expected.value,
            Directive.revision == seen,
        )
        .values(updated_at=deed.at, **values)
        .execution_options(synchronize_session=False)
    )
    deed.session.refresh(directive)
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        expect_state(directive, expected)
        raise StaleRevisionError(f"bản {seen}", f"bản {directive.revision}")
    if TOLD & values.keys():
        keep_words(deed.session, directive)


def move(
    deed: Deed,
    directive: Directive,
    new: DirectiveState,
    *,
    expected: DirectiveState,
    **values: Any,  # noqa: ANN401 (columns of Directive, of every type)
) -> None:
    """Moves the directive from `expected` to `new` and sets columns, or refuses. Does not commit.

    Raises:
        WrongStateError: there is no such move, or the directive is no longer in `expected`.
        StaleRevisionError: it has another revision by now.
    """
    if not may_move(expected, new, order_for(deed.session, directive)):
        raise WrongStateError("Văn bản", expected=(expected,), actual=directive.state)
    amend(deed, directive, expected=expected, state=new.value, **values)
    deed.detail |= {"from": expected.value, "to": new.value}
