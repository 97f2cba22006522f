"""When a duty is due: deadline language, working days, reporting periods, the chasing ladder.

The room reads the Vietnamese of official papers ("trước ngày 31/10/2022", "trong quý I năm 2027"),
says how a date was reached, and knows which reminder is owed on which day. It must not know
documents, databases or mail.

    >>> from datetime import date
    >>> from deadlines.calendar import WorkingCalendar
    >>> from deadlines.due import compute_due
    >>> from deadlines.phrases import find_phrases
    >>> (phrase,) = find_phrases("báo cáo trước ngày 31/10/2022", issued=date(2022, 9, 21))
    >>> phrase.inclusive, phrase.last_allowed_day
    (False, datetime.date(2022, 10, 30))
    >>> compute_due(phrase, WorkingCalendar(), issued=date(2022, 9, 21)).last_working_day
    datetime.date(2022, 10, 28)
"""
