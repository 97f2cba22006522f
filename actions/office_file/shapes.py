"""What each entry of an office file may hold.

Reasons are Vietnamese, since they go to the person who wrote the file as they are. Dates are
TOML's local dates (`2022-09-01`); the last day of a period belongs to it.
"""

import re
from datetime import date, datetime
from typing import Annotated, Final, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from deadlines.quiet import parse_time
from models.officer import Capacity, Role

_EMAIL = re.compile(
    r"[A-Za-z0-9._%+'-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"
)


def _day(value: object) -> date:
    """A day, never an instant and never a number of seconds."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as err:
            raise PydanticCustomError(
                "day", "ngày “{given}” không tồn tại hoặc không đúng dạng năm-tháng-ngày",
                {"given": value},
            ) from err  # fmt: skip
    raise PydanticCustomError("day", "phải là một ngày, ví dụ 2022-09-01")


def is_email(text: str) -> bool:
    """Tells whether a text has the shape of an e-mail address; whether it exists, nobody knows."""
    return _EMAIL.fullmatch(text) is not None


def _email(value: object) -> object:
    if isinstance(value, str) and not is_email(value):
        raise PydanticCustomError(
            "email", "địa chỉ thư “{given}” không đúng dạng", {"given": value}
        )
    return value


def _time_of_day(value: object) -> str:
    """A time of day as text, so that it stands in the file as people write it."""
    given = value.strip() if isinstance(value, str) else str(value)
    try:
        return f"{parse_time(given):%H:%M}"
    except ValueError as err:
        raise PydanticCustomError(
            "time_of_day", '“{given}” không phải giờ dạng GG:PP, ví dụ "20:00"', {"given": given}
        ) from err


TimeOfDay = Annotated[str, BeforeValidator(_time_of_day)]
Day = Annotated[date, BeforeValidator(_day)]
Email = Annotated[str, StringConstraints(max_length=300), BeforeValidator(_email)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=80)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
DocType = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Shape(BaseModel):
    """Base of all entries: unknown keys are errors, values are not bent to fit."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class OfficeEntry(Shape):
    """`[office]`: whose installation this is."""

    organisation: Key
    mailbox: Email
    form_of_address: Annotated[str, StringConstraints(min_length=1, max_length=20)] = "đồng chí"
    test_only: bool = False
    number_after_signing: bool = False
    """The officer signs first; number and date are filled in with the agency's seal."""
    number_by_machine: bool = False
    """The machine takes the number as soon as it is due, without the clerk."""
    go_on_without_timestamp: bool = False
    """Where no time stamp is to be had, signing goes on; it is added later."""
    unknown_policy: Literal["resend", "ask"] = "resend"
    """What follows when nobody can say whether a message arrived: repeat, or ask the clerk."""
    warn_before_h: Annotated[int, Field(ge=0, le=24)] = 2
    """So many hours before the limit of sending the clerk is warned."""
    refuse_broken_arrivals: bool = False
    """An incoming paper whose signature does not hold is refused at once, without the clerk."""
    code_printed: bool = True
    """Papers bear a code and its QR, by which anybody asks whether they are real."""
    code_shows_subject: bool = False
    """Whoever has the code sees the subject too."""
    found_by_number: bool = True
    """Whoever knows number and day of a paper may ask as well."""
    quiet_from: TimeOfDay | None = None
    """From this time of day (Vietnam) no reminder goes out; both or neither are given."""
    quiet_to: TimeOfDay | None = None
    """Until then; equal to `quiet_from`: no hour is quiet."""


class SuccessorEntry(Shape):
    """Who takes over from an organisation that ends."""

    organisation: Key
    since: Day
    basis: Name | None = None


Channel = Literal["smtp", "folder", "sftp", "edxml_folder", "edxml_http", "webhook", "paper"]
"""Names of `delivery.parcel.FORMS`."""


class ChannelEntry(Shape):
    """A further channel of an organisation, tried when those before fail for good."""

    channel: Channel
    address: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    """Where it reaches the organisation; paper needs none."""


class OrganisationEntry(Shape):
    """`[[organisation]]`."""

    id: Key
    name: Name
    abbreviation: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = None
    aliases: list[Name] = []
    regime: Literal["party", "state"]
    parent: Key | None = None
    agency_id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z.]{13}$")] | None = None
    channel: Channel = "smtp"
    address: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    email: Email | None = None
    """Where letters go whose first channel is no mail."""
    channels: list[ChannelEntry] = []
    """Further channels in their order, after `channel`."""
    place: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    valid_from: Day
    valid_to: Day | None = None
    successors: list[SuccessorEntry] = []
    invented: bool = False


class MembersEntry(Shape):
    """Organisations that belong to a group from a day to a day."""

    organisations: Annotated[list[Key], Field(min_length=1)]
    valid_from: Day
    valid_to: Day | None = None


class GroupEntry(Shape):
    """`[[group]]`."""

    id: Key
    name: Name
    aliases: list[Name] = []
    members: list[MembersEntry] = []


class PostEntry(Shape):
    """A post of an officer."""

    organisation: Key
    title: Short
    roles: list[Annotated[Role, Field(strict=False)]] = []
    valid_from: Day
    valid_to: Day | None = None


class OfficerEntry(Shape):
    """`[[officer]]`; `invented` is for whoever reads the file."""

    id: Key
    name: Short
    email: Email | None = None
    left_on: Day | None = None
    posts: list[PostEntry] = []
    invented: bool = False


class AuthorityEntry(Shape):
    """`[[authority]]`: who may sign what in which capacity."""

    id: Key
    officer: Key
    organisation: Key
    capacity: Annotated[Capacity, Field(strict=False)]
    on_behalf_of: Short | None = None
    position: Short
    lines: list[Short] = []
    doc_types: list[DocType] = []
    basis: Name | None = None
    valid_from: Day
    valid_to: Day | None = None


Way = Annotated[str, StringConstraints(min_length=1, max_length=500)]
KEY_FIELDS: Final = {
    "pkcs12": ("location",),
    "pkcs11": ("module", "token", "key"),
    "csc": ("service", "credential"),
    "agent": (),
    "upload": (),
}
"""What finds a key, by its kind."""
_MECHANISM = re.compile(r"(rsa-pkcs1|rsa-pss|ecdsa)/sha(256|384|512)|ed25519/sha512")


def _mechanism(value: object) -> object:
    if isinstance(value, str) and not _MECHANISM.fullmatch(value):
        raise PydanticCustomError(
            "mechanism",
            "cách ký “{given}” không có; ghi rsa-pkcs1, rsa-pss hoặc ecdsa kèm /sha256, /sha384 "
            "hoặc /sha512, hay ed25519/sha512",
            {"given": value},
        )
    return value


class KeyEntry(Shape):
    """How the key of a certificate is reached; never a PIN."""

    kind: Literal["pkcs12", "pkcs11", "csc", "agent", "upload"]
    location: Way | None = None
    """File with the key, of `pkcs12`."""
    module: Way | None = None
    """Name of the token's library in the settings of the server, of `pkcs11`."""
    token: Way | None = None
    """Label of the token."""
    key: Way | None = None
    """Label of the key on the token."""
    service: Way | None = None
    """Name of the remote service in the settings of the server, of `csc`."""
    credential: Way | None = None
    """Identifier of the key at the service."""
    mechanism: Annotated[str | None, BeforeValidator(_mechanism)] = None
    """How it signs, for instance `rsa-pss/sha384`; by default the usual way of its key."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        wanted = KEY_FIELDS[self.kind]
        given = {name for names in KEY_FIELDS.values() for name in names if getattr(self, name)}
        if given != set(wanted):
            raise PydanticCustomError(
                "key_fields",
                "khoá kiểu {kind} phải có đúng các mục: {wanted}",
                {"kind": self.kind, "wanted": ", ".join(("kind", *wanted))},
            )
        return self

    @property
    def settings(self) -> dict[str, str] | None:
        """As `RegisteredCertificate.key_settings` holds it."""
        if self.kind == "pkcs12" or not KEY_FIELDS[self.kind]:
            return None
        return {name: getattr(self, name) for name in KEY_FIELDS[self.kind]}


class CertificateEntry(Shape):
    """`[[certificate]]`: exactly one of `officer` and `organisation`."""

    file: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    officer: Key | None = None
    organisation: Key | None = None
    key: KeyEntry | None = None
    trial: bool = False
    """True where nothing that is signed with it has legal value; also taken from its own words."""
    valid_from: Day
    valid_to: Day | None = None


class SeriesEntry(Shape):
    """`[[series]]`; `stands_at` is the last number given before the office came here."""

    id: Key
    organisation: Key
    regime: Literal["party", "state"]
    doc_type: DocType | None = None
    period_from: Day
    period_to: Day | None = None
    stands_at: Annotated[int, Field(ge=0)] = 0


class DayOffEntry(Shape):
    """`[[day_off]]`: one day off, or all days from `day` to `to`."""

    day: Day
    to: Day | None = None
    label: Short


class WorkingDayEntry(Shape):
    """`[[working_saturday]]`: a rest day that is worked in exchange."""

    day: Day
    label: Short


class CalendarYearEntry(Shape):
    """`[[calendar_year]]`: from which paper the days of a year come, and whether they are final."""

    year: Annotated[int, Field(ge=2000, le=2200)]
    basis: Name
    confirmed: bool = False


class LadderEntry(Shape):
    """`[[ladder]]`: one step of the reminders."""

    doc_type: DocType = "*"
    key: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    working_days: Annotated[int, Field(ge=-250, le=250)]
    audience: Literal["unit", "superior", "follow_up"]
    wording: Literal["reminder", "overdue", "escalation"]


class OfficeFile(Shape):
    """The whole file."""

    office: OfficeEntry
    organisation: list[OrganisationEntry] = []
    group: list[GroupEntry] = []
    officer: list[OfficerEntry] = []
    authority: list[AuthorityEntry] = []
    certificate: list[CertificateEntry] = []
    series: list[SeriesEntry] = []
    day_off: list[DayOffEntry] = []
    working_saturday: list[WorkingDayEntry] = []
    calendar_year: list[CalendarYearEntry] = []
    ladder: list[LadderEntry] = []
