"""What all tables share: the declarative base, types of columns and of identifiers."""

import uuid
from datetime import UTC, datetime
from typing import Any, NewType

from sqlalchemy import JSON, DateTime, Dialect, MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

DirectiveId = NewType("DirectiveId", uuid.UUID)
"""Identifies a directive for ever; numbers may repeat between terms, this never does."""

OrganisationId = NewType("OrganisationId", str)
"""The short name of an organisation in the office file, for instance `btgtu-lam-dong`."""

OfficerId = NewType("OfficerId", str)
"""The short name of an officer in the office file."""


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, stored and returned in UTC on every database."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = DateTime(timezone=True)
    cache_ok: bool | None = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveDateTimeError(value)
        return value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class NaiveDateTimeError(TypeError):
    """A programmer passed an instant without a zone."""

    def __init__(self, value: datetime) -> None:
        super().__init__(f"{value!r} has no zone")
        self.value = value


class Base(DeclarativeBase):
    """Base of all tables; constraints get names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        datetime: UTCDateTime(),
        uuid.UUID: Uuid(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        DirectiveId: Uuid(),
    }
