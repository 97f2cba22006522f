"""Short codes printed on issued papers: made so that none can be guessed, typed without mistakes.

Nine characters at random and one to check, of 31 that are not taken for each other: 2.6e13 codes.
Of 100,000 issued papers one is met by one guess in 260 million; the portal counts the guesses.
"""

import secrets
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from actions.desk import Desk
from models.base import DirectiveId
from models.directive import Directive
from models.organisation import Office

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 and O, 1, I and L. Its length is a prime, on which the check rests."""
LENGTH: Final = 10
GROUP: Final = 5
_LONGEST_TYPED: Final = 40
_MOST_TRIES: Final = 5


def new_code() -> str:
    """Returns a code that nobody can foresee."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return drawn + _check(drawn)


def read_code(typed: str) -> str | None:
    """Returns the code that was typed, with or without dash; None where it cannot be one.

    One wrong character, or two that changed places, are always noticed.
    """
    if len(typed) > _LONGEST_TYPED:
        return None
    code = "".join(one for one in typed.upper() if not one.isspace() and one not in "-–.")
    if len(code) != LENGTH or any(one not in ALPHABET for one in code):
        return None
    return code if code[-1] == _check(code[:-1]) else None


def shown_code(code: str) -> str:
    """Returns a code as it is printed: `7K2PQ-9MXR4`."""
    return f"{code[:GROUP]}-{code[GROUP:]}"


def _check(drawn: str) -> str:
    """The last character makes the sum of places times values a multiple of the prime."""
    prime = len(ALPHABET)
    total = sum(place * ALPHABET.index(one) for place, one in enumerate(drawn, 1))
    return ALPHABET[-total * pow(LENGTH, -1, prime) % prime]


def code_to_print(desk: Desk, directive_id: DirectiveId) -> str | None:
    """Returns the code that is printed on a directive; None where the office prints none.

    Given once and kept: a page that is set anew bears the same one.
    """
    if not desk.public_address:
        return None
    with desk.database.reading() as session:
        printed = session.scalar(select(Office.code_printed))
    if not printed:
        return None
    for _ in range(_MOST_TRIES):
        try:
            with desk.database.writing() as session:
                session.execute(
                    update(Directive)
                    .where(Directive.id == directive_id, Directive.public_code.is_(None))
                    .values(public_code=new_code())
                )
                return session.scalar(
                    select(Directive.public_code).where(Directive.id == directive_id)
                )
        except IntegrityError:  # another paper bears it: draw again
            continue
    return None
