"""Children that a file has taken over or broken: they say what the upload tells them to."""

import os
import time


class Strange:
    def __init__(self, setting: bytes) -> None:
        del setting

    @staticmethod
    def answer(head: bytes, data: bytes) -> bytes:
        """`die` ends the process, `sleep` never answers, anything else is the answer."""
        del head
        if data == b"die":
            os._exit(3)
        if data == b"sleep":
            time.sleep(60)
        return data
