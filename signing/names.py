"""Names of the fields that our own documents have; light to import."""

from typing import Final

OFFICER_FIELD: Final = "ChuKyLanhDao"
"""The officer's signature, which certifies the document."""

SEAL_FIELD: Final = "DauCoQuan"
"""The agency's seal."""

NUMBER_FIELD: Final = "SoVanBan"
"""The number, where the officer signs before it is known: a text field."""

DATE_FIELD: Final = "NgayVanBan"
"""The date that comes with it: a text field."""

OWN_FIELDS: Final = frozenset({OFFICER_FIELD, SEAL_FIELD, NUMBER_FIELD, DATE_FIELD})
"""All that the form of an own directive may hold when its officer certifies it."""
