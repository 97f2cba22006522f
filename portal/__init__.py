"""The web portal: where people see what waits for them and decide, and anybody checks a signature.

A door, thin by intent: it asks `actions` to do things and shows what the database says. It knows
nothing of Prefect (a decision is committed, then the run is nudged beside the request), decides no
right (deeds refuse, pages merely leave out what is not yours), and keeps no file it was asked to
check.

Example:
    >>> from portal.i18n.writing import day
    >>> from datetime import date
    >>> day(date(2022, 9, 21))
    '21/9/2022'
"""
