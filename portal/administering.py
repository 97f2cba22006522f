"""Who may open the rooms of the administrator: a dependency, so that no page forgets to ask."""

from typing import Annotated, Final

from fastapi import Depends

from actions.accounts import require_administrator
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson

PREFIX: Final = "/quan-tri"


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


Administrator = Annotated[Person, Depends(reading)]
"""The administrator who reads a page."""
ChangingAdministrator = Annotated[Person, Depends(changing)]
"""The administrator who sends a form."""
