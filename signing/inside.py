"""What runs in the sandbox: the judge behind the pipe. `signing.worker` makes and calls it."""

from __future__ import annotations

import pickle

from signing.question import Question, Setting, UploadQuestion
from signing.transport import dump_report
from signing.uploaded.inside import answer_upload
from signing.verify import verify


class Judge:
    """Judges files under one setting."""

    def __init__(self, setting: bytes) -> None:
        """Takes a pickled `Setting`."""
        # Written by our own parent, not by a file.
        self._setting: Setting = pickle.loads(setting)  # noqa: S301

    def answer(self, head: bytes, data: bytes) -> bytes:
        """Judges one file.

        Args:
            head: A pickled `Question` or `UploadQuestion`.
            data: The file.

        Returns:
            Of an upload what `signing.uploaded` says; else the report as JSON, without the file's
            name and digest, which the parent knows. Half a character, which no text may hold,
            becomes a question mark.
        """
        question: Question | UploadQuestion = pickle.loads(head)  # noqa: S301 (same)
        if isinstance(question, UploadQuestion):
            return answer_upload(question, data)
        report = verify(
            data,
            name="",
            policy=self._setting.policy,
            trust=self._setting.trust,
            at=question.at,
            max_bytes=self._setting.file_bytes,
            extra=question.extra,
            sha256_hex="",
            password=question.password,
        )
        return dump_report(report).encode(errors="replace")
