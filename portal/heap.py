"""What a portal process loads never goes: the collector of cycles is told to leave it alone.

A full collection walks every object, and whoever asks meanwhile waits: 350 ms for the 570,000
objects of a portal that has shown each page once. After this it walks what came later.
"""

import asyncio
import gc
from typing import Final

WARM_S: Final = (15, 60)
"""By the first the pages that people open most have loaded what they need, by the second the
others."""


def leave_alone() -> None:
    """Collects once, then takes everything there is out of further collections."""
    gc.collect()
    gc.freeze()


async def leave_alone_when_warm() -> None:
    """Does it now, and again while the first minute loads what pages need."""
    leave_alone()
    for pause_s in WARM_S:
        await asyncio.sleep(pause_s)
        leave_alone()
