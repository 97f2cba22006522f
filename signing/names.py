"""Names of the fields that our own documents have; light to import."""

from typing import Final

OFFICER_FIELD: Final = "ChuKyLanhDao"
"""The officer's signature, which certifies the document."""

SEAL_FIELD: Final = "DauCoQuan"
"""The agency's seal."""
