"""Tables of where people belong: districts, schools with their year and places, memberships."""

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.culture.coverage import MINUTES_A_DAY, MOST_TIMES, MOST_WEEKS
from webapp.culture.disclosure import ADULTS_A_PLACE
from webapp.culture.vocabulary import PlaceKind, Role, Trait
from webapp.extensions import Base, Id, new_id
from webapp.people.models import Person

LEAST_SIDE = 20
"""No side of a zone is shorter, in thousandths of the plan: nobody could point at it."""


class District(Base):
    """A group of schools."""

    __tablename__ = "district"
    __table_args__ = (CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_length"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))


class School(Base):
    """A school. `revision` counts the changes to its observations without a gap; it is the feed's cursor.

    Deletions up to `pruned_to` may be forgotten: a cursor from before has to begin anew.
    """

    __tablename__ = "school"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_length"),
        CheckConstraint("week_start IN (1, 6, 7)", name="week_starts_on_a_known_day"),
        CheckConstraint("staff_size BETWEEN 1 AND 2000", name="staff_size_in_range"),
        CheckConstraint("notes_days BETWEEN 1 AND 180", name="notes_days_in_range"),
        CheckConstraint("revision >= 0", name="revision_not_negative"),
        CheckConstraint("pruned_to >= 0", name="pruned_to_not_negative"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    district_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("district.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    timezone: Mapped[str] = mapped_column(String(64))
    week_start: Mapped[int] = mapped_column(SmallInteger, default=1)
    staff_size: Mapped[int | None] = mapped_column(SmallInteger)
    notes_days: Mapped[int | None] = mapped_column(SmallInteger)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    pruned_to: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    setup_revision: Mapped[int] = mapped_column(Integer, default=1)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def changed_for_phones(self) -> None:
        """Counts a change that phones have to learn of; the database counts, so that two at once are two."""
        self.setup_revision = School.setup_revision + 1


class SchoolYear(Base):
    """A year of a school; its windows are cut every `window_weeks` weeks from `first_day` on."""

    __tablename__ = "school_year"
    __table_args__ = (
        UniqueConstraint("school_id", "first_day"),
        CheckConstraint("first_day < last_day", name="days_in_order"),
        CheckConstraint("window_weeks IN (2, 4)", name="window_weeks_two_or_four"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    window_weeks: Mapped[int] = mapped_column(SmallInteger, default=4)


class Term(Base):
    """A part of a school year, from its first day to its last."""

    __tablename__ = "term"
    __table_args__ = (
        UniqueConstraint("school_year_id", "first_day"),
        CheckConstraint("first_day < last_day", name="days_in_order"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_year_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school_year.id", ondelete="CASCADE"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)


class CoveragePlan(Base):
    """How often a school wants to listen in each of its places; a school without one has the usual plan.

    `weekdays` has a bit a weekday, Monday first.
    """

    __tablename__ = "coverage_plan"
    __table_args__ = (
        CheckConstraint(f"times BETWEEN 1 AND {MOST_TIMES}", name="times_in_range"),
        CheckConstraint(f"weeks BETWEEN 1 AND {MOST_WEEKS}", name="weeks_in_range"),
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays_of_seven"),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    times: Mapped[int] = mapped_column(SmallInteger)
    weeks: Mapped[int] = mapped_column(SmallInteger)
    weekdays: Mapped[int] = mapped_column(SmallInteger)


class DayPeriod(Base):
    """A period of a school's day, in minutes since midnight; part of its plan."""

    __tablename__ = "day_period"
    __table_args__ = (
        UniqueConstraint("school_id", "name"),
        UniqueConstraint("school_id", "ends"),
        CheckConstraint(f"0 <= begins AND begins < ends AND ends <= {MINUTES_A_DAY}", name="within_the_day"),
        CheckConstraint("length(name) BETWEEN 1 AND 30", name="name_length"),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("coverage_plan.school_id", ondelete="CASCADE"), primary_key=True
    )
    begins: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    ends: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(String(30))


class Place(Base):
    """Where one listens. Never a room of one person's own: at least five adults use it (PRIVACY-0)."""

    __tablename__ = "place"
    __table_args__ = (
        UniqueConstraint("school_id", "name"),
        # Lets an observation's key (school, place) prove that both belong together.
        UniqueConstraint("school_id", "id", name="uq_place_school_id_id"),
        CheckConstraint("length(name) BETWEEN 1 AND 60", name="name_length"),
        CheckConstraint("kind BETWEEN 0 AND 8", name="kind_is_known"),
        CheckConstraint("floor BETWEEN -5 AND 60", name="floor_in_range"),
        CheckConstraint(f"adults >= {ADULTS_A_PLACE}", name="used_by_five_adults"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    kind_code: Mapped[int] = mapped_column("kind", SmallInteger)
    floor: Mapped[int | None] = mapped_column(SmallInteger)
    position: Mapped[int] = mapped_column(Integer, default=0)
    adults: Mapped[int] = mapped_column(SmallInteger)
    archived: Mapped[bool] = mapped_column(default=False)

    @property
    def kind(self) -> PlaceKind:
        return PlaceKind.from_code(self.kind_code)


class MergedPlace(Base):
    """A place that was taken together with another of its school, for good; `into_id` is never merged itself."""

    __tablename__ = "merged_place"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "place_id"], ["place.school_id", "place.id"], name="fk_merged_place_place"),
        ForeignKeyConstraint(["school_id", "into_id"], ["place.school_id", "place.id"], name="fk_merged_place_into"),
        CheckConstraint("place_id <> into_id", name="into_another"),
    )

    place_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), index=True)
    into_id: Mapped[uuid.UUID]
    merged_at: Mapped[datetime]


LONGEST_STEP = 200
LONGEST_OUTCOME = 300


class NextStep(Base):
    """What the team of a school decided to try for one trait, from a day on; of nobody in particular.

    `ends` is the last day it was tried, None while it goes on; `outcome` what changed, in the school's own words.
    """

    __tablename__ = "next_step"
    __table_args__ = (
        # Sent twice is decided once.
        UniqueConstraint("school_id", "trait", "begins", "what", name="uq_next_step_said_once"),
        CheckConstraint("trait IN (1, 2, 4, 8, 16, 32, 64)", name="trait_is_one_of_seven"),
        CheckConstraint(f"length(what) BETWEEN 1 AND {LONGEST_STEP}", name="what_length"),
        CheckConstraint(f"length(outcome) BETWEEN 1 AND {LONGEST_OUTCOME}", name="outcome_length"),
        CheckConstraint("begins <= ends", name="days_in_order"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    trait_bit: Mapped[int] = mapped_column("trait", SmallInteger)
    what: Mapped[str] = mapped_column(String(LONGEST_STEP))
    begins: Mapped[date] = mapped_column(Date)
    ends: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str | None] = mapped_column(String(LONGEST_OUTCOME))

    @property
    def trait(self) -> Trait:
        return Trait(self.trait_bit)


class FloorPlan(Base):
    """A picture of one floor of a school; `revision` counts its changes and those of its zones."""

    __tablename__ = "floor_plan"
    __table_args__ = (
        CheckConstraint("floor BETWEEN -5 AND 60", name="floor_in_range"),
        CheckConstraint("media_type IN ('image/webp', 'image/svg+xml')", name="media_type_is_known"),
        CheckConstraint("width BETWEEN 1 AND 2000 AND height BETWEEN 1 AND 2000", name="size_in_range"),
        CheckConstraint("length(content) BETWEEN 1 AND 4194304", name="content_length"),
        CheckConstraint("length(digest) = 64", name="digest_length"),
        CheckConstraint("revision >= 1", name="revision_positive"),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    floor: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    media_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int] = mapped_column(Integer, default=1)


class Zone(Base):
    """Where a place lies on the plan of its floor: a rectangle, in thousandths of the plan's width and height."""

    __tablename__ = "zone"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "floor"],
            ["floor_plan.school_id", "floor_plan.floor"],
            name="fk_zone_floor_plan",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["school_id", "place_id"], ["place.school_id", "place.id"], name="fk_zone_place", ondelete="CASCADE"
        ),
        CheckConstraint(f"x >= 0 AND width >= {LEAST_SIDE} AND x + width <= 1000", name="within_the_width"),
        CheckConstraint(f"y >= 0 AND height >= {LEAST_SIDE} AND y + height <= 1000", name="within_the_height"),
        Index("ix_zone_school_id_floor", "school_id", "floor"),
    )

    place_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    school_id: Mapped[uuid.UUID]
    floor: Mapped[int] = mapped_column(SmallInteger)
    x: Mapped[int] = mapped_column(SmallInteger)
    y: Mapped[int] = mapped_column(SmallInteger)
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)


class Membership(Base):
    """A person in a school, or (district administrators) in a district, with one role."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(
            "(role = 'district_admin' AND school_id IS NULL AND district_id IS NOT NULL)"
            " OR (role IN ('admin', 'observer', 'staff') AND school_id IS NOT NULL AND district_id IS NULL)",
            name="role_fits",
        ),
        UniqueConstraint("person_id", "school_id"),
        UniqueConstraint("person_id", "district_id"),
        Index("ix_membership_school_id", "school_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    school_id: Mapped[uuid.UUID | None] = mapped_column(Id, ForeignKey("school.id", ondelete="CASCADE"))
    district_id: Mapped[uuid.UUID | None] = mapped_column(Id, ForeignKey("district.id", ondelete="CASCADE"))
    role_word: Mapped[str] = mapped_column("role", String(20))

    @property
    def role(self) -> Role:
        return Role(self.role_word)
