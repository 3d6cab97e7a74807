"""Tables of what was heard. Only `observing` reads them; others ask its verbs."""

import uuid
from datetime import date, datetime

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
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.culture.vocabulary import TRAITS
from webapp.extensions import Base, new_id
from webapp.observing.verdicts import LONGEST_NOTE

LONGEST_FILE_NAME = 200


class Observation(Base):
    """One conversation listened to.

    `observed_at` is when it is filed under (clock skew corrected), `said_at` what the phone said, word for
    word, or empty once only the hour is kept (PRIVACY-0); `skew` the phone's clock minus the server's, in
    seconds. `heard` has a bit a trait, in wire order. `digest` is the memory of what was said first, while that is
    how it stands; once it was mended or deleted, all its memory lies in AcceptedChange.
    """

    __tablename__ = "observation"
    __table_args__ = (
        # Proves the school too: a second key, asked row by row, would cost a third of an INSERT and prove no more.
        ForeignKeyConstraint(["school_id", "place_id"], ["place.school_id", "place.id"], name="fk_observation_place"),
        UniqueConstraint("school_id", "revision"),
        # Every count of one school is answered from this index alone.
        Index("ix_observation_tally", "school_id", "observed_at", "place_id", "setting", "heard", "observer_id"),
        Index("ix_observation_observer", "observer_id", "observed_at"),
        CheckConstraint("heard BETWEEN 0 AND 127", name="heard_is_of_seven"),
        CheckConstraint("setting BETWEEN 0 AND 5", name="setting_is_known"),
        CheckConstraint("group_size BETWEEN 0 AND 2", name="group_size_is_known"),
        CheckConstraint("observed_at >= 0", name="observed_since_1970"),
        CheckConstraint(f"length(note) BETWEEN 1 AND {LONGEST_NOTE}", name="note_length"),
        # A note is its author's alone: it cannot outlive them.
        CheckConstraint("note IS NULL OR observer_id IS NOT NULL", name="note_has_its_author"),
        CheckConstraint("revision > 0", name="revision_positive"),
        CheckConstraint("length(digest) = 16", name="digest_is_128_bits"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    school_id: Mapped[uuid.UUID]
    observer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    place_id: Mapped[uuid.UUID]
    setting_code: Mapped[int] = mapped_column("setting", SmallInteger)
    heard: Mapped[int] = mapped_column(SmallInteger)
    observed_at: Mapped[datetime]
    said_at: Mapped[str] = mapped_column(String(40))
    skew: Mapped[int] = mapped_column(Integer, default=0)
    group_size_code: Mapped[int | None] = mapped_column("group_size", SmallInteger)
    note: Mapped[str | None] = mapped_column(String(LONGEST_NOTE))
    walkthrough: Mapped[uuid.UUID | None]
    revision: Mapped[int]
    received_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(16))


class SchoolWeek(Base):
    """How many listen-ins a school has of a week, and in how many of them each trait was heard.

    Kept true in the transaction of every change (`weeks.Weeks`), so that a district need not count what lies in its
    schools. `monday` is that of the school's own week, in its zone (`monday_of`).
    """

    __tablename__ = "school_week"
    __table_args__ = (
        CheckConstraint("n >= 0", name="n_not_negative"),
        *(CheckConstraint(f"{trait.word} BETWEEN 0 AND n", name=f"{trait.word}_within_n") for trait in TRAITS),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    monday: Mapped[date] = mapped_column(Date, primary_key=True)
    n: Mapped[int]
    substantive: Mapped[int]
    evidence: Mapped[int]
    inquiry: Mapped[int]
    nondefensive: Mapped[int]
    personal: Mapped[int]
    knowledge: Mapped[int]
    action: Mapped[int]


class Tombstone(Base):
    """A deletion remembered, so that every device learns of it; nothing of what was heard is kept."""

    __tablename__ = "tombstone"
    __table_args__ = (
        UniqueConstraint("school_id", "revision"),
        CheckConstraint("revision > 0", name="revision_positive"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    observer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    revision: Mapped[int]
    deleted_at: Mapped[datetime]


class AcceptedChange(Base):
    """A change that was stored: what was said (`digest`), and the revision it began from (`base`, 0 for a new one).

    What is new and was never changed is remembered in its own row (Observation.digest), so that it costs no second.
    Without this memory an answer lost, then an edit from another device, then the first change again would
    look like a conflict (SYNC-4).
    """

    __tablename__ = "accepted_change"
    __table_args__ = (
        CheckConstraint("length(digest) = 16", name="digest_is_128_bits"),
        CheckConstraint("base >= 0", name="base_not_negative"),
    )

    observation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    base: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    revision: Mapped[int]
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), index=True)


class Upload(Base):
    """A file that somebody is about to import, packed, with what was said of it so far; kept for a day at most."""

    __tablename__ = "upload"
    __table_args__ = (
        # Whoever chooses another file means that one.
        UniqueConstraint("school_id", "person_id"),
        CheckConstraint(f"length(file_name) BETWEEN 1 AND {LONGEST_FILE_NAME}", name="file_name_length"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str] = mapped_column(String(LONGEST_FILE_NAME))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    said: Mapped[str] = mapped_column(Text, default="{}")
    uploaded_at: Mapped[datetime]


class Import(Base):
    """A file of past listen-ins that was brought in: how many, from day to day; and when that was undone, if it was."""

    __tablename__ = "import"
    __table_args__ = (
        CheckConstraint(f"length(file_name) BETWEEN 1 AND {LONGEST_FILE_NAME}", name="file_name_length"),
        CheckConstraint("listen_ins > 0", name="some_listen_ins"),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        CheckConstraint("undone_at >= imported_at", name="undone_later"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str] = mapped_column(String(LONGEST_FILE_NAME))
    listen_ins: Mapped[int]
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    imported_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class Imported(Base):
    """An observation that came with an import: nobody knows who listened."""

    __tablename__ = "imported"

    # No key to the observation: it may be deleted and brought back, and is the same.
    observation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"), index=True)
