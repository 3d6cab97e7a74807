"""What a person said they heard, as their phone saved it and as the database holds it: both must tell the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.culture.vocabulary import TRAITS, Setting, Trait
from webapp.observing.models import Observation

AT_ONCE = 400


@dataclass(frozen=True)
class Said:
    """One listen-in, whole. Where two are not equal, something was lost or misfiled on the way."""

    observer: UUID
    school: UUID
    place: UUID
    setting: str
    heard: frozenset[str]
    said_at: str
    filed: datetime
    note: str | None

    @classmethod
    def by_phone(cls, owner: str, put: Mapping[str, Any]) -> Self:
        return cls(
            observer=UUID(owner),
            school=UUID(put["school"]),
            place=UUID(put["place"]),
            setting=put["setting"],
            heard=frozenset(put["heard"]),
            said_at=put["observed_at"],
            filed=datetime.fromisoformat(put["observed_at"]).replace(microsecond=0),
            note=put["note"],
        )

    @classmethod
    def by_database(cls, row: Observation) -> Self:
        assert row.observer_id is not None
        return cls(
            observer=row.observer_id,
            school=row.school_id,
            place=row.place_id,
            setting=Setting.from_code(row.setting_code),
            heard=frozenset(trait.word for trait in TRAITS if trait in Trait(row.heard)),
            said_at=row.said_at,
            filed=row.observed_at,
            note=row.note,
        )


Listens = dict[UUID, Said]


def stored(session: Session, observer: UUID, ids: Iterable[UUID] = ()) -> Listens:
    """All that is held of this person, and whatever is held under these ids, whoever it is said to be of."""
    wanted = list(ids)
    found: Listens = {}
    for start in range(0, len(wanted) or 1, AT_ONCE):
        some = or_(Observation.observer_id == observer, Observation.id.in_(wanted[start : start + AT_ONCE]))
        found |= {row.id: Said.by_database(row) for row in session.scalars(select(Observation).where(some))}
    return found


def same(held: Listens, saved: Listens) -> None:
    """Nothing lost, nothing doubled, nothing misfiled."""
    lost = [saved[id_] for id_ in saved.keys() - held.keys()]
    added = [held[id_] for id_ in held.keys() - saved.keys()]
    misfiled = [(saved[id_], held[id_]) for id_ in saved.keys() & held.keys() if saved[id_] != held[id_]]
    assert held == saved, f"lost: {lost[:3]}\nadded: {added[:3]}\nmisfiled: {misfiled[:3]}"
