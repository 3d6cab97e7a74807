"""What staff see, frozen. No key leads from here to an observation."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Base, new_id


class Publication(Base):
    """One window as it was published: canonical JSON, with the hash of the publication before it."""

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("school_id", "number"),
        UniqueConstraint("school_id", "first_day"),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("length(hash) = 32", name="hash_is_sha256"),
        CheckConstraint("length(hash_before) = 32", name="hash_before_is_sha256"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    number: Mapped[int] = mapped_column(Integer)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    content: Mapped[str] = mapped_column(Text)
    hash_before: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Closing(Base):
    """A window that closed, and what became of it: published, or joined to the next. Decided once."""

    __tablename__ = "closing"
    __table_args__ = (
        UniqueConstraint("school_id", "first_day"),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        CheckConstraint("outcome IN ('published', 'waits')", name="outcome_is_known"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    closed_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(10))
