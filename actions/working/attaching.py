"""Files that travel beside a draft: looked at, and put into the archive."""

import uuid
from collections.abc import Sequence

from actions.auditing import Actor
from actions.desk import Desk
from actions.draft import NewAttachment
from actions.draft_problems import attachment_problems
from actions.errors import InvalidInputError, Problem
from actions.trying import trying
from actions.working.body import Attached
from actions.working.keeping import KIND, body_of, working_draft
from delivery.names import safe_media_type


def attach(
    desk: Desk, actor: Actor, key: uuid.UUID, files: Sequence[NewAttachment]
) -> tuple[Attached, ...]:
    """Puts files into the archive, to travel beside the draft. Returns what the body is to hold.

    Raises:
        NotFoundError: there is no such copy of the actor's.
        InvalidInputError: a file is empty, too large, or its name is no plain name.
        UnavailableError: the archive does not answer.
    """
    with desk.database.reading() as session:
        body = body_of(working_draft(session, actor, key))
    names = {one.name for one in body.attachments}
    problems = [
        *attachment_problems(files, desk.size_limit_bytes),
        *(
            Problem(place=f"Tệp kèm “{one.name}”", reason="Đã có tệp cùng tên. Đổi tên tệp.")
            for one in files
            if one.name in names
        ),
    ]
    if problems:
        raise InvalidInputError(*problems)
    with trying(desk, actor, "attach", subject=key, kind=KIND):
        return tuple(
            Attached(
                name=one.name, media_type=safe_media_type(one.media_type),
                sha256=desk.archive.put(one.content), size_bytes=len(one.content),
            )
            for one in files
        )  # fmt: skip
