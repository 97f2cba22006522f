"""What runs in the child where a file has taken it over: it says what the file holds."""


class Liar:
    def __init__(self, setting: bytes) -> None:
        del setting

    @staticmethod
    def answer(head: bytes, data: bytes) -> bytes:
        del head
        return data
