"""A verification told: to machines, on a terminal, in a browser, on paper, and as ETSI's XML.

Every form is drawn from one `layout.Page`, so that they agree. `signing.report.pdf` and
`signing.report.etsi` are slow to import and therefore imported where they are used.
"""

from signing.outcome import VerificationReport, sentence
from signing.report.html import to_html
from signing.report.json import to_json
from signing.report.labels import VERDICT_WORDS, verdict_word
from signing.report.text import to_text

__all__ = [
    "VERDICT_WORDS",
    "VerificationReport",
    "sentence",
    "to_html",
    "to_json",
    "to_text",
    "verdict_word",
]
