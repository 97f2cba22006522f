"""Every finding by its code: what it means, and what to do. A test compares it with the rules."""

from __future__ import annotations

from typing import Final

from signing.glossary.file_codes import FILE_CODES
from signing.glossary.shapes import Explanation
from signing.glossary.signature_codes import SIGNATURE_CODES
from signing.glossary.trust_codes import TRUST_CODES

CODES: Final[dict[str, Explanation]] = {**FILE_CODES, **SIGNATURE_CODES, **TRUST_CODES}
"""By code of the finding."""
