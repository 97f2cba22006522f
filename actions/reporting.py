"""Reports of units, as other deeds use them: handing in, accepting, returning."""

from actions.reports.deciding import accept, return_report
from actions.reports.submitting import submit_report

__all__ = ["accept", "return_report", "submit_report"]
