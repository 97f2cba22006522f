"""What an officer may see. What they may not is not found: its being there is told to nobody."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from actions.access import ROLE_WORDS, may_see, posts_on, roles_on
from actions.auditing import Actor
from actions.errors import NotAuthorisedError, NotFoundError
from actions.offices import office_facts
from models.base import DirectiveId
from models.directive import Directive
from models.officer import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """An officer who looks, on a day."""

    session: Session
    actor: Actor
    day: date

    @property
    def organisations(self) -> frozenset[str]:
        """Where they hold a post."""
        return frozenset(
            post.organisation_id for post in posts_on(self.session, self.actor.id, self.day)
        )

    def sees_directives(self) -> ColumnElement[bool]:
        """The condition on `Directive` under which one is theirs to see."""
        return Directive.organisation_id.in_(self.organisations)

    def directive(self, directive_id: DirectiveId) -> Directive:
        """Returns a directive that they may see.

        Raises:
            NotFoundError: none, or another office's.
        """
        found = self.session.get(Directive, directive_id)
        if found is None or not may_see(self.session, self.actor.id, found, self.day):
            raise NotFoundError("văn bản", directive_id)
        return found

    def require_role(self, what: str, *roles: Role) -> None:
        """Insists that they hold one of the roles at the office.

        Raises:
            NotAuthorisedError: they hold none of them.
        """
        office = office_facts(self.session).organisation_id
        if not roles_on(self.session, self.actor.id, office, self.day) & set(roles):
            who = " hoặc ".join(ROLE_WORDS[role] for role in roles)
            raise NotAuthorisedError(self.actor.name, what, who)

    def require_post(self, what: str) -> None:
        """Insists that they hold a post at the office.

        Raises:
            NotAuthorisedError: they hold none.
        """
        facts = office_facts(self.session)
        if facts.organisation_id not in self.organisations:
            raise NotAuthorisedError(self.actor.name, what, f"cán bộ của {facts.name}")
