"""What hostile input may cost: a bound that only work out of all proportion passes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def soon(seconds: float = 10) -> Iterator[None]:
    """Fails where this thread works longer than that.

    Time of the thread alone: what others of the process do meanwhile, and what else the machine
    does, is not counted. No measure of speed (those stand in `bench/`): all that is asked so takes
    a tenth of its bound here, and minutes once it grows with the square of its input.
    """
    started = time.thread_time()
    yield
    assert time.thread_time() - started < seconds
