"""Until when keys of a size may make new signatures, by the dates that standards give."""

from datetime import date
from typing import Final

from signing.certificates import CertificateFacts

_LAST_DAYS: Final = ((2048, date(2013, 12, 31)), (3072, date(2030, 12, 31)))
"""RSA keys shorter than so many bits, and the last day for new signatures with them.

Source: NIST SP 800-57 part 1 rev. 5, tables 2 and 4 (112 bits of strength: until the end of 2030);
NIST SP 800-131A, table 2 (less than 112 bits: until the end of 2013).
"""


def last_day_of_key(facts: CertificateFacts) -> date | None:
    """Returns the last day on which the key should make new signatures; None without a limit."""
    if facts.key not in {"rsa", "rsassa_pss"}:
        return None
    return next((day for bits, day in _LAST_DAYS if facts.key_bits < bits), None)
