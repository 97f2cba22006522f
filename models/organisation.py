"""Organisations, groups of them, and the calendar they work by; all with dates."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, validates

from models.alphabet import sort_key
from models.base import Base


class Organisation(Base):
    """A body that issues or receives directives (cơ quan, tổ chức, đơn vị)."""

    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    sort_key: Mapped[str] = mapped_column(
        Text,
        server_default=text("''"),
        default=lambda row: sort_key(row.get_current_parameters()["name"]),
    )
    """By which lists of names are ordered: `models.alphabet`. Follows the name by itself."""
    abbreviation: Mapped[str | None] = mapped_column(String(60))
    """As in a symbol, for instance `BTGTU`."""
    aliases: Mapped[list[Any]] = mapped_column(default=list)
    """Other names by which recipient lists call it."""
    regime: Mapped[str] = mapped_column(String(10))
    """`party` or `state`: the form of the papers it writes."""
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    """The superior; reminders escalate to it."""
    agency_id: Mapped[str | None] = mapped_column(String(13))
    """Mã định danh, 13 characters. Source: QĐ 28/2018 Đ10.2.a."""
    channel: Mapped[str] = mapped_column(String(20), default="smtp")
    address: Mapped[str | None] = mapped_column(String(300))
    """Where its channel reaches it: an e-mail address for `smtp`, a folder, a URL."""
    email: Mapped[str | None] = mapped_column(String(300))
    """Where letters reach it whose first channel is no mail; else `address` does."""
    place: Mapped[str | None] = mapped_column(String(100))
    """Địa danh printed before the date."""
    valid_from: Mapped[date] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column()
    """Last day on which it existed."""
    invented: Mapped[bool] = mapped_column(default=False)
    """True where the demo invented it or its address."""

    __table_args__ = (
        CheckConstraint("valid_to is null or valid_to >= valid_from", name="validity"),
    )

    @validates("name")
    def _keep_order(self, _key: str, name: str) -> str:
        self.sort_key = sort_key(name)
        return name


class UnitChannel(Base):
    """A further channel of an organisation, tried in order when the one before fails for good.

    The first one stands in the organisation itself (`channel`, `address`).
    """

    __tablename__ = "unit_channel"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    """From 1 up."""
    channel: Mapped[str] = mapped_column(String(20))
    """A name of `delivery.parcel.FORMS`; each at most once per organisation."""
    address: Mapped[str | None] = mapped_column(String(300))

    __table_args__ = (UniqueConstraint("organisation_id", "channel"),)


class OrganisationSuccessor(Base):
    """Who took over from an organisation that ended; several may share."""

    __tablename__ = "organisation_successor"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    successor_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    since: Mapped[date] = mapped_column()
    basis: Mapped[str | None] = mapped_column(String(300))
    """The paper that says so."""


class UnitGroup(Base):
    """A group that recipient lists name, for instance `các sở, ban, ngành tỉnh`."""

    __tablename__ = "unit_group"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    aliases: Mapped[list[Any]] = mapped_column(default=list)


class GroupMembership(Base):
    """That an organisation belongs to a group, from a day to a day."""

    __tablename__ = "group_membership"

    group_id: Mapped[str] = mapped_column(ForeignKey("unit_group.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None] = mapped_column()

    __table_args__ = (Index("ix_membership_organisation", "organisation_id"),)


class DayOff(Base):
    """A day off, or a Saturday that is worked in exchange (ngày làm bù)."""

    __tablename__ = "day_off"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool] = mapped_column(default=False)
    """True for a swapped Saturday that is worked, False for a day off."""
    label: Mapped[str] = mapped_column(String(200))


class CalendarYear(Base):
    """That the days off and swapped Saturdays of a year were entered, and from which paper."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    basis: Mapped[str | None] = mapped_column(String(300))
    """The paper they come from."""
    confirmed: Mapped[bool] = mapped_column(default=False)
    """False while only a preliminary list was entered."""


class Office(Base):
    """The one row that says whose installation this is."""

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    mailbox: Mapped[str] = mapped_column(String(300))
    """The e-mail address that sends directives and takes reports."""
    form_of_address: Mapped[str] = mapped_column(String(20), default="đồng chí")
    test_only: Mapped[bool] = mapped_column(default=False)
    """True for an office that signs with a demo PKI: every page says THỬ NGHIỆM."""
    number_after_signing: Mapped[bool] = mapped_column(default=False, server_default=false())
    """True: the officer signs first, number and date are filled in the revision that is sealed."""
    number_by_machine: Mapped[bool] = mapped_column(default=False, server_default=false())
    """True: the machine takes the number as soon as it is due, without a clerk."""
    go_on_without_timestamp: Mapped[bool] = mapped_column(default=False, server_default=false())
    """True: where no time stamp is to be had, signing goes on at B-B and is completed later."""

    quiet_from: Mapped[str] = mapped_column(String(5), default="20:00", server_default="20:00")
    """From this time of day (Vietnam) no reminder goes out; equal to `quiet_to`: always may."""
    quiet_to: Mapped[str] = mapped_column(String(5), default="06:30", server_default="06:30")
    unknown_policy: Mapped[str] = mapped_column(
        String(10), default="resend", server_default="resend"
    )
    """`resend` or `ask`: what follows when nobody can say whether a message arrived."""
    warn_before_h: Mapped[int] = mapped_column(default=2, server_default=text("2"))
    """Hours before the limit of sending at which what is not sent yet is warned of."""
    code_printed: Mapped[bool] = mapped_column(default=True, server_default=true())
    """True: papers bear a code and its QR, by which anybody asks whether they are real."""
    code_shows_subject: Mapped[bool] = mapped_column(default=False, server_default=false())
    """True: whoever has the code sees the subject too."""
    found_by_number: Mapped[bool] = mapped_column(default=True, server_default=true())
    """True: whoever knows number and day of a paper may ask as well."""
    refuse_broken_arrivals: Mapped[bool] = mapped_column(default=False, server_default=false())
    """True: an incoming paper whose signature does not hold is refused at once, without a clerk."""

    __table_args__ = (CheckConstraint("id = 1", name="single"),)


class LetterTemplate(Base):
    """The office's own words of a letter, in place of the built-in ones."""

    __tablename__ = "letter_template"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    """`reminder`, `overdue`, `escalation`, `directive`, …"""
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    updated_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    updated_at: Mapped[datetime] = mapped_column()


class SetupStep(Base):
    """How far an office is on its way from the trial authority to its own keys and services."""

    __tablename__ = "setup_step"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    """`anchors`, `timestamps`, `certificate:<fingerprint>`, …"""
    state: Mapped[str] = mapped_column(String(12))
    """`trial`, `real` or `failed`."""
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    checked_at: Mapped[datetime] = mapped_column()


class ClockReading(Base):
    """The simulated instant; one row, present only where a story is played."""

    __tablename__ = "clock_reading"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    now: Mapped[datetime] = mapped_column()


class LadderStepRow(Base):
    """One step of the reminder ladder of a kind of directive; `*` stands for every kind."""

    __tablename__ = "ladder_step"

    doc_type: Mapped[str] = mapped_column(String(60), primary_key=True, default="*")
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    working_days: Mapped[int] = mapped_column()
    """Working days relative to the due day: negative before it, positive after it."""
    audience: Mapped[str] = mapped_column(String(20))
    wording: Mapped[str] = mapped_column(String(20))
