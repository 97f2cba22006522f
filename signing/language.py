"""The languages in which people read a verdict."""

from enum import StrEnum


class Language(StrEnum):
    """A language; Vietnamese is the one that counts."""

    VI = "vi"
    EN = "en"
