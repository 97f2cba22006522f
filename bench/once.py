"""Judges one file in a process of its own, so that its memory can be measured: FILE ROOT."""

from __future__ import annotations

import sys
from pathlib import Path

from signing.policy import OFFICIAL
from signing.trust import TrustStore, load_anchors
from signing.verify import verify
from wiring.clock import real_now

if __name__ == "__main__":
    file, root = (Path(argument) for argument in sys.argv[1:])
    verify(
        file.read_bytes(),
        name=file.name,
        policy=OFFICIAL,
        trust=TrustStore(anchors=load_anchors([root])),
        at=real_now(),
    )
