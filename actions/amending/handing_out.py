"""Whether a unit is still given the file of a directive: not after it was taken back from it.

From the decision on, whatever the unit answers: a recalled paper must no longer be used, and the
unit destroys the copy that it has. Source: NĐ 30/2020 Đ18.4; QĐ 28/2018 Đ8.2. The frozen file
stays visible to the office itself.
"""

from sqlalchemy.orm import Session

from actions.amending.showing import unit_note
from actions.errors import PaperWithdrawnError
from models.directive import Directive


def require_handed_out(session: Session, directive: Directive, organisation_id: str) -> None:
    """Insists that a unit may still be given the directive's file, its pages and its judgement.

    Raises:
        PaperWithdrawnError: the directive is recalled or replaced, or was taken back from this
            unit; it says which, with number, day and reason.
    """
    note = unit_note(session, directive, organisation_id)
    if note is not None and not note.in_force:
        raise PaperWithdrawnError(note.heading, note.sentence)
