"""Schools by the thousand with two years of listen-ins: the same rows in PostgreSQL, SQLite and DuckDB, made once.

Rows arrive as they do in life, week by week and all schools at once, so that no school's lie together in the table.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid5

import numpy as np
import psycopg
from sqlalchemy import insert, make_url

from tests import databases, world
from tests.browser.server import ROOT
from webapp import create_app
from webapp.culture.vocabulary import TRAITS, PlaceKind, Role
from webapp.extensions import alembic, db
from webapp.observing import weeks
from webapp.people.models import Person
from webapp.schools.models import District, Membership, Place, School, SchoolYear, Term
from webapp.settings import Settings

ROWS, GIANT_ROWS = 10_000, 100_000
PLACES, GIANT_PLACES = 20, 60
ADMINS, OBSERVERS = 3, 12
IN_DISTRICT = 100
DAYS = 730
BLOCKS = 100
DUCKDB = ROOT / ".cache" / "duckdb"
SECRET = "only for the benchmark, and long enough to be taken"
NAMES = UUID("6b1c0c7e-6a53-4c83-9b7a-3c2f0e9d5a11")
SAID_AT, DIGEST = "2026-11-25T10:00:00-05:00", bytes(16)
COLUMNS = (
    "id, school_id, observer_id, place_id, setting, heard, observed_at, said_at, skew, revision, received_at,"
    " changed_at, digest"
)
Numbers = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Made:
    """The ids of what there is: schools, the last of them the giant, and where each one's places and people begin."""

    schools: list[UUID]
    places: list[UUID]
    people: list[UUID]
    rows: Numbers
    places_each: Numbers

    @classmethod
    def of(cls, schools: int) -> Self:
        places_each = np.array([PLACES] * schools + [GIANT_PLACES])
        return cls(
            [_id("school", number) for number in range(schools + 1)],
            [_id("place", number) for number in range(places_each.sum())],
            [_id("person", number) for number in range((ADMINS + OBSERVERS) * (schools + 1))],
            np.array([ROWS] * schools + [GIANT_ROWS]),
            places_each,
        )

    @property
    def first_place(self) -> Numbers:
        return np.cumsum(self.places_each) - self.places_each


@dataclass(frozen=True)
class Block:
    """Some weeks of listen-ins, a column each; schools, places and people by their number."""

    number: Numbers
    school: Numbers
    person: Numbers
    place: Numbers
    setting: Numbers
    heard: Numbers
    second: Numbers
    revision: Numbers

    def of(self, school: int) -> "Block":
        """Those of one school."""
        return Block(*(getattr(self, name)[self.school == school] for name in self.__dataclass_fields__))

    def rows(self) -> Iterator[tuple[int, ...]]:
        return zip(*(getattr(self, name).tolist() for name in self.__dataclass_fields__), strict=True)


def blocks(made: Made, now: datetime) -> Iterator[Block]:
    """Two years until now, in the order in which they were heard; on weekdays, in the hours of a school."""
    random = np.random.default_rng(20261125)
    rates = np.clip(random.normal(0.35, 0.15, (len(made.places), len(TRAITS))), 0.03, 0.9)
    each = made.rows // BLOCKS
    school = np.repeat(np.arange(len(made.schools)), each)
    within = np.arange(len(school)) - np.repeat(np.cumsum(each) - each, each)
    begins, weekday = int(now.timestamp()) // 86400 - DAYS, now.weekday()
    for block in range(BLOCKS):
        day = begins + np.floor((block + random.random(len(school))) * DAYS / BLOCKS).astype(int)
        week = (day - begins + weekday - DAYS) % 7
        second = (day - np.maximum(week - 4, 0)) * 86400 + 12 * 3600 + random.integers(0, 9 * 3600, len(school))
        at = np.minimum(second, int(now.timestamp()))
        order = np.argsort(at, kind="stable")
        place = made.first_place[school] + (random.random(len(school)) ** 1.5 * made.places_each[school]).astype(int)
        heard = (random.random((len(school), len(TRAITS))) < rates[place]) @ np.array([int(trait) for trait in TRAITS])
        yield Block(
            np.arange(len(school)) + block * len(school),
            school[order],
            (school * (ADMINS + OBSERVERS) + random.integers(0, ADMINS + OBSERVERS, len(school)))[order],
            place[order],
            random.choice(6, len(school), p=[0.35, 0.2, 0.2, 0.1, 0.1, 0.05])[order],
            heard[order],
            at[order],
            (within + block * each[school] + 1)[order],
        )


class Filled:
    """Our own database, with all but the listen-ins in it; those come block by block."""

    def __init__(self, kind: str, made: Made, today: date, only: int | None = None) -> None:
        self.kind = kind
        self.made = made
        self.only = only
        self.url = databases.new_url(kind)
        self.app = create_app(Settings(database_url=self.url, secret_key=SECRET))
        self.app.config["LOG_REQUESTS"] = False
        with self.app.app_context():
            alembic.upgrade()
            _set_up(made, today)
            db.engine.dispose()
        ids = (made.schools, made.people, made.places)
        self.ids: list[list[Any]] = [[each.bytes if kind == "sqlite" else each.hex for each in some] for some in ids]
        self.raw: Any = _open(self.url)
        self.indexes = _without_indexes(self.raw, kind)

    def take(self, block: Block) -> None:
        """These listen-ins too; only those of the one school that there is to be, where there is one."""
        rows = (block if self.only is None else block.of(self.only)).rows()
        schools, people, places = self.ids
        if self.kind == "sqlite":
            self.raw.executemany(
                f"INSERT INTO observation ({COLUMNS})"
                f" VALUES (?, ?, ?, ?, ?, ?, ?, '{SAID_AT}', 0, ?, ?, ?, zeroblob(16))",
                (
                    (n.to_bytes(16), schools[s], people[o], places[p], setting, heard, at, revision, at, at)
                    for n, s, o, p, setting, heard, at, revision in rows
                ),
            )
            return
        with self.raw.cursor() as cursor, cursor.copy(f"COPY observation ({COLUMNS}) FROM STDIN") as copy:
            copy.write(
                "".join(
                    f"{n:032x}\t{schools[s]}\t{people[o]}\t{places[p]}\t{setting}\t{heard}\t{at}\t{SAID_AT}\t0\t{revision}"
                    f"\t{at}\t{at}\t\\\\x{DIGEST.hex()}\n"
                    for n, s, o, p, setting, heard, at, revision in rows
                )
            )

    def done(self) -> None:
        """Indexes, what planners want to know, and the weeks of the district's schools."""
        for index in self.indexes:
            self.raw.execute(index)
        self.raw.commit()
        if self.kind == "postgresql":
            self.raw.autocommit = True
        for command in ("ANALYZE",) if self.kind == "sqlite" else ("VACUUM (ANALYZE)", "CHECKPOINT"):
            self.raw.execute(command)
        self.raw.close()
        with self.app.app_context():
            for school in self.made.schools[:IN_DISTRICT]:
                found = db.session.get_one(School, school)
                weeks.rebuild(db.session, found)
            db.session.commit()


class Duck:
    """The same listen-ins in DuckDB, sorted by school and time, which is how it finds a school's quickest."""

    def __init__(self, made: Made) -> None:
        sys.path.append(str(_duckdbs_own_packages()))
        self.raw: Any = import_module("duckdb").connect(str(Path(os.environ[databases.FOLDER]) / "peer.duckdb"))
        for name, ids in (("school", made.schools), ("person", made.people), ("place", made.places)):
            told = {"number": np.arange(len(ids)), "id": np.array([str(each) for each in ids], dtype=object)}
            self.raw.register("told", told)
            self.raw.execute(f"CREATE TEMP TABLE {name} AS SELECT number, id::UUID AS id FROM told")
        self.raw.execute(
            "CREATE TEMP TABLE come (school INT, person INT, place INT, setting TINYINT, heard TINYINT, second BIGINT)"
        )

    def take(self, block: Block) -> None:
        names = ("school", "person", "place", "setting", "heard", "second")
        self.raw.register("block", {name: getattr(block, name) for name in names})
        self.raw.execute(f"INSERT INTO come SELECT {', '.join(names)} FROM block")

    def done(self) -> None:
        self.raw.execute(
            "CREATE TABLE observation AS SELECT school.id AS school_id, person.id AS observer_id, place.id AS place_id,"
            " setting, heard, second AS observed_at FROM come JOIN school ON school.number = come.school"
            " JOIN person ON person.number = come.person JOIN place ON place.number = come.place"
            " ORDER BY school_id, observed_at"
        )
        for name in ("come", "school", "person", "place"):
            self.raw.execute(f"DROP TABLE {name}")
        self.raw.execute("CHECKPOINT")


def email(school: int) -> str:
    """Who leads this school."""
    return f"admin-0@school-{school}.example"


DIRECTOR = "director@bench.example"


def _set_up(made: Made, today: date) -> None:
    each, year, last = ADMINS + OBSERVERS, today - timedelta(days=364), today - timedelta(days=365)
    districts = [_id("district", 0), _id("district", 1)]
    told: list[tuple[Any, list[dict[str, Any]]]] = [
        (District, [{"id": id_, "name": name} for id_, name in zip(districts, ("Ours", "Others"), strict=True)]),
        (School, [_school(made, number, districts) for number in range(len(made.schools))]),
        (Place, [place for number in range(len(made.schools)) for place in _places(made, number)]),
        (Person, [_person(each_id, number) for number, each_id in enumerate(made.people)]),
        (Person, [{**_person(_id("director", 0), 0), "email": DIRECTOR}]),
        (
            Membership,
            [
                {"person_id": who, "school_id": made.schools[number // each], "role_word": _role(number % each).value}
                for number, who in enumerate(made.people)
            ],
        ),
        (
            Membership,
            [{"person_id": _id("director", 0), "district_id": districts[0], "role_word": Role.DISTRICT_ADMIN.value}],
        ),
    ]
    for first, until in ((last - timedelta(days=364), last), (year, today)):
        ids = [_id(f"year {first}", number) for number in range(len(made.schools))]
        years = [{"id": id_, "school_id": school, "first_day": first, "last_day": until, "window_weeks": 4}
                 for id_, school in zip(ids, made.schools, strict=True)]  # fmt: skip
        middle = first + timedelta(days=182)
        terms = [{"school_year_id": id_, "first_day": begins, "last_day": ends}
                 for id_ in ids for begins, ends in ((first, middle), (middle + timedelta(days=1), until))]  # fmt: skip
        told += [(SchoolYear, years), (Term, terms)]
    for model, rows in told:
        db.session.execute(insert(model), rows)
    db.session.commit()


def _school(made: Made, number: int, districts: Sequence[UUID]) -> dict[str, Any]:
    return {
        "id": made.schools[number],
        "district_id": districts[number >= IN_DISTRICT],
        "name": f"School {number}",
        "timezone": world.ZONE,
        "staff_size": 60,
        "revision": int(made.rows[number]),
    }


def _places(made: Made, number: int) -> Iterator[dict[str, Any]]:
    first, kinds = int(made.first_place[number]), list(PlaceKind)
    for place in range(int(made.places_each[number])):
        yield {
            "id": made.places[first + place],
            "school_id": made.schools[number],
            "name": f"Place {place}",
            "kind_code": kinds[place % len(kinds)].code,
            "floor": None if place % 10 == 9 else place % 4,
            "position": place,
            "adults": 12,
        }


def _person(id_: UUID, number: int) -> dict[str, Any]:
    school, nth = divmod(number, ADMINS + OBSERVERS)
    word = "admin" if nth < ADMINS else "observer"
    return {
        "id": id_,
        "email": f"{word}-{nth}@school-{school}.example",
        "name": f"Person {nth}",
        "password_hash": world.PASSWORD_HASH,
        "created_at": datetime(2024, 1, 1, tzinfo=UTC),
    }


def _role(nth: int) -> Role:
    return Role.ADMIN if nth < ADMINS else Role.OBSERVER


def _id(what: str, number: int) -> UUID:
    return uuid5(NAMES, f"{what} {number}")


def _open(url: str) -> Any:
    """A connection for filling: nothing is waited for, and keys are not asked row by row."""
    if url.startswith("sqlite"):
        raw: Any = sqlite3.connect(str(make_url(url).database))
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
            raw.execute(f"PRAGMA {pragma}")
        return raw
    raw_url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    raw = psycopg.connect(raw_url)
    raw.execute("SET session_replication_role = replica")
    raw.execute("SET maintenance_work_mem = '1GB'")
    return raw


def _without_indexes(raw: Any, kind: str) -> list[str]:
    """Drops what can be made when all rows are there, and says how."""
    if kind == "sqlite":
        found = raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'observation' AND sql IS NOT NULL"
        ).fetchall()
        for name, _made in found:
            raw.execute(f"DROP INDEX {name}")
        return [made for _name, made in found]
    found = raw.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'observation'").fetchall()
    constraints = raw.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = 'observation'::regclass AND contype IN ('p', 'u')"
    ).fetchall()
    for (name,) in constraints:
        raw.execute(f"ALTER TABLE observation DROP CONSTRAINT {name}")
    for name, _made in found:
        raw.execute(f"DROP INDEX IF EXISTS {name}")
    return [made for _name, made in found]


def _duckdbs_own_packages() -> Path:
    """A folder apart: DuckDB is no business of ours, and of one wheel."""
    lock, stamp = ROOT / "tests" / "bench" / "duckdb.txt", DUCKDB / ".installed"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        install = ("install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--upgrade", "--target")
        subprocess.run(
            [sys.executable, "-m", "pip", *install, DUCKDB, "-r", lock], check=True, stderr=subprocess.DEVNULL
        )
        stamp.touch()
    return DUCKDB
