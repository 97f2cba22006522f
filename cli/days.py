"""Days as they are typed: năm-tháng-ngày."""

from datetime import date

from cli.usage import WrongUsageError


def parse_day(option: str, text: str | None) -> date | None:
    """Returns the day that was typed; None where none was.

    Raises:
        WrongUsageError: there is no such day.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as err:
        reason = f"{option}: “{text}” không phải ngày có thật dạng năm-tháng-ngày."
        raise WrongUsageError(reason) from err
