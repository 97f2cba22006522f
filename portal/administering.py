"""Who may open the rooms of the administrator: a dependency, so that no page forgets to ask."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Final

from fastapi import Depends
from starlette.responses import RedirectResponse, Response

from actions.accounts import require_administrator
from actions.errors import ActionRefusedError, InvalidInputError, NotFoundError, Problem
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson

PREFIX: Final = "/quan-tri"
MOST_REASON: Final = 1000
"""Characters of a reason that are kept."""


def reading(portal: ThePortal, person: SignedInPerson) -> Person:
    """Returns the administrator who reads a page.

    Raises:
        NotAuthorisedError: somebody else.
    """
    return _admitted(portal, person, "xem trang quản trị")


def changing(portal: ThePortal, person: Deciding) -> Person:
    """Returns the administrator who sends a form.

    Raises:
        NotAuthorisedError: somebody else.
    """
    return _admitted(portal, person, "quản trị cơ quan")


def _admitted(portal: Portal, person: Person, what: str) -> Person:
    with portal.database.reading() as session:
        require_administrator(session, person.actor, portal.at(), what)
    return person


def done_or_said(
    deed: Callable[[], object], again: Callable[[ActionRefusedError], Response], where: str
) -> Response:
    """Does a deed and goes on to another page, or shows the page again with the refusal.

    Args:
        deed: what is done.
        again: makes the page that says why not, with what was typed.
        where: address of the page that is shown afterwards.

    Raises:
        NotFoundError: there is nothing that the page could show.
    """
    try:
        deed()
    except NotFoundError:
        raise
    except ActionRefusedError as refusal:
        return again(refusal)
    return RedirectResponse(where, status_code=303)


def day_typed(text: str, portal: Portal, place: str) -> date:
    """Returns the day that a date field sent; today for nothing.

    Raises:
        InvalidInputError: it is none; said at `place`.
    """
    return day_or_none(text, place) or portal.today()


def day_or_none(text: str, place: str) -> date | None:
    """Returns the day that a date field sent; None for nothing.

    Raises:
        InvalidInputError: it is none; said at `place`.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as err:
        said = "không phải là một ngày; chọn ngày trong lịch."
        raise InvalidInputError(Problem(place=place, reason=said)) from err


Administrator = Annotated[Person, Depends(reading)]
"""The administrator who reads a page."""
ChangingAdministrator = Annotated[Person, Depends(changing)]
"""The administrator who sends a form."""
