"""Reads what was published, and nothing else."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.culture.bands import Band
from webapp.culture.disclosure import Publication as Told
from webapp.culture.disclosure import PublishedWindow, Rhythm
from webapp.culture.school_time import Period
from webapp.culture.vocabulary import TRAITS
from webapp.schools.models import School
from webapp.trends.models import Publication

NONE_BEFORE = bytes(32)
"""What the first publication of a school has in place of the hash before it."""


@dataclass(frozen=True, slots=True)
class Published:
    """A window as staff see it: the band of each trait's share, in wire order; whether it came by window or by term."""

    period: Period
    bands: tuple[Band, ...]
    rhythm: Rhythm

    @property
    def of(self) -> int:
        """In how many bands its shares are told."""
        return self.bands[0].of

    def as_wire(self) -> PublishedWindow:
        """As the contract has it."""
        return Told(self.period, self.of, tuple(band.j for band in self.bands)).as_wire()


def windows(session: Session, school: School) -> list[Published]:
    """What was published of this school, oldest first."""
    found = session.scalars(
        select(Publication.content).where(Publication.school_id == school.id).order_by(Publication.number)
    )
    return [_read(content) for content in found]


def written(told: Told, by: Rhythm) -> str:
    """A publication's content: canonical JSON (keys sorted, no spaces), alike to the byte wherever it is made."""
    return json.dumps({**told.as_wire(), "rhythm": by.value}, sort_keys=True, separators=(",", ":"))


def hash_of(hash_before: bytes, school_id: uuid.UUID, number: int, content: str) -> bytes:
    """The SHA-256 that seals a publication, and through the one before it all that came before (PRIVACY-8)."""
    return hashlib.sha256(hash_before + f"{school_id}\n{number}\n{content}".encode()).digest()


def chain_is_whole(session: Session, school: School) -> bool:
    """Whether every publication is there, in order and as it was written."""
    before = NONE_BEFORE
    for number, row in enumerate(_rows(session, school), start=1):
        sealed = hash_of(before, school.id, number, row.content)
        if (row.number, row.hash_before, row.hash) != (number, before, sealed) or not _days_agree(row):
            return False
        before = sealed
    return True


def _rows(session: Session, school: School) -> Sequence[Publication]:
    asked = select(Publication).where(Publication.school_id == school.id).order_by(Publication.number)
    return session.scalars(asked).all()


def _days_agree(row: Publication) -> bool:
    return _read(row.content).period == Period(row.first_day, row.last_day)


def _read(content: str) -> Published:
    said = json.loads(content)
    return Published(
        Period(date.fromisoformat(said["start"]), date.fromisoformat(said["end"])),
        tuple(Band(said["of"], said["bands"][trait.word]) for trait in TRAITS),
        Rhythm(said["rhythm"]),
    )
