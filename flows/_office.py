"""The office of this process, opened at the first use and shared by all runs in it."""

from functools import cache

from wiring.bootstrap import Office, open_office
from wiring.settings import load_settings


@cache
def this_office() -> Office:
    """Returns the office that the environment names."""
    return open_office(load_settings())
