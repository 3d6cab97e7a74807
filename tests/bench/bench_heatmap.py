"""How long the server takes for the heat map of one school among a thousand, and whether the others cost it anything.

`.venv/bin/python -m tests.bench.bench_heatmap [schools [rounds]]`: 1,000 schools and 5 rounds where nothing is said.
Of the rounds of a view the quickest counts.
"""

import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from typing import Any, Final

from flask.testing import FlaskClient

from tests import databases, world
from tests.bench.many_schools import DIRECTOR, GIANT_ROWS, IN_DISTRICT, ROWS, Duck, Filled, Made, blocks, email
from tests.bench.stage import middle_and_tail, table
from webapp.culture.pointing import point_out
from webapp.culture.school_time import Period, offsets
from webapp.culture.steadying import Law
from webapp.culture.vocabulary import TRAITS
from webapp.extensions import db
from webapp.heatmap import grid
from webapp.heatmap.pages import _calendar
from webapp.heatmap.view import View
from webapp.observing import tallies
from webapp.observing.tallies import EVE_WEEKDAY, Row
from webapp.schools.models import School

SCHOOLS: Final = 1000
ROUNDS: Final = 5
LOOKED_AT: Final = 2
PAGE, BARE, ALONE, GIANT, DISTRICT = 30.0, 15.0, 1.5, 60.0, 50.0
"""Wanted: milliseconds at the 95th percentile, and how many times as long as the same school by itself."""

Address = Mapping[str, str]


@dataclass
class Took:
    """Milliseconds, one each time: the whole request; the map drawn; of it, what steadying and pointing out took."""

    page: list[float] = field(default_factory=list)
    drawn: list[float] = field(default_factory=list)
    steadied: list[float] = field(default_factory=list)

    def add(self, other: "Took") -> None:
        self.page += other.page
        self.drawn += other.drawn
        self.steadied += other.steadied

    @property
    def bare(self) -> list[float]:
        """The whole request without steadying."""
        return [page - steadied for page, steadied in zip(self.page, self.steadied, strict=True)]


def main() -> None:
    schools, rounds = (int(said) for said in (sys.argv[1:] + [str(SCHOOLS), str(ROUNDS)][len(sys.argv) - 1 :])[:2])
    # Migrations tell what they do.
    logging.disable(logging.INFO)
    databases.begin_run(durable=True)
    try:
        now = datetime.now(UTC)
        made = Made.of(schools)
        kinds = ("postgresql", "sqlite")
        among = {kind: Filled(kind, made, now.date()) for kind in kinds}
        alone = {kind: Filled(kind, made, now.date(), only=0) for kind in kinds}
        duck = Duck(made)
        fill([*among.values(), *alone.values(), duck], made, now)
        for kind in kinds:
            compare(among[kind], alone[kind], duck, rounds)
    finally:
        databases.end_run()


def fill(stores: Sequence[Filled | Duck], made: Made, now: datetime) -> None:
    since = time.perf_counter()
    for block in blocks(made, now):
        for store in stores:
            store.take(block)
    for store in stores:
        store.done()
    print(f"{made.rows.sum():,} listen-ins of {len(made.schools):,} schools: filled in", end=" ")
    print(f"{time.perf_counter() - since:.0f} s, three times and twice one school's")


def compare(among: Filled, alone: Filled, duck: Duck, rounds: int) -> None:
    """Prints what one database takes, beside a school by itself and the peer."""
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[among.kind]
    today = datetime.now(UTC).date()
    giant = len(among.made.schools) - 1
    ordinary = [number * giant // LOOKED_AT for number in range(LOOKED_AT)]
    views = {kind: list(some) for kind, some in kinds_of_view(today).items()}
    took = {kind: measured(among, ordinary, some, rounds) for kind, some in views.items()}
    of_giant = {kind: measured(among, [giant], some, 2) for kind, some in views.items()}
    ratios = {kind: against_alone(among, alone, some, rounds) for kind, some in views.items()}
    table(
        f"One school of {ROWS:,} among {giant:,} ({name}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f});"
        f" a giant of {GIANT_ROWS:,} beside it; ms, p50 / p95",
        ("view", "request", "without steadying", "grid.draw", "steadying", "like alone", "giant: request"),
        (
            (kind, *map(both, (each.page, each.bare, each.drawn, each.steadied)), f"{ratios[kind]:.2f}×",
             both(of_giant[kind].page))
            for kind, each in took.items()
        ),
    )  # fmt: skip
    peer = against_peer(among, duck, ordinary, today, rounds)
    table(
        f"Counting a view, sample and all, ms, p50 ({name}; DuckDB has its rows sorted by school)",
        ("rows, days", name, "DuckDB", "as long"),
        ((kind, f"{ours:.1f}", f"{theirs:.1f}", f"{ours / theirs:.2f}×") for kind, (ours, theirs) in peer.items()),
    )
    district = of_district(among, rounds)
    verdicts(
        [
            ("any view of a school, p95", PAGE, max(tail(each.page) for each in took.values())),
            ("without steadying, p95", BARE, max(tail(each.bare) for each in took.values())),
            ("times the same school alone", ALONE, max(ratios.values())),
            ("any view of the giant, p95", GIANT, max(tail(each.page) for each in of_giant.values())),
            (f"district of {IN_DISTRICT} over a year, p95", DISTRICT, max(tail(each) for each in district.values())),
            ("times DuckDB", 1.0, max(ours / theirs for ours, theirs in peer.values())),
        ]
    )


def verdicts(reached: Iterable[tuple[str, float, float]]) -> None:
    for what, wanted, found in reached:
        print(f"  {what}: {found:.2f}, wanted at most {wanted:g}: {'good' if found <= wanted else 'too slow'}")


def kinds_of_view(today: Any) -> dict[str, list[Address]]:
    """Every kind of row in every period; in a year also narrowed, and compared."""
    periods = {
        "week": {"period": "week"},
        "30 days": {"period": "30-days"},
        "term": {"period": "term"},
        "year": {"period": "year"},
        "two years": {"from": str(today - timedelta(days=729)), "to": str(today)},
    }
    rows = [{"rows": row.value} for row in Row]
    year = periods["year"]
    found: dict[str, list[Address]] = {
        f"{row['rows']}, {name}": [row | period] for row in rows for name, period in periods.items()
    }
    for part in ({"setting": "passing"}, {"floor": "1"}, {"kind": "hallway"}, {"observers": "observer"},
                 {"observers": "admin"}, {"compare": "before"}, {"compare": "year"},
                 {"compare": "before", "setting": "passing", "floor": "1", "observers": "observer"}):  # fmt: skip
        found[f"year, {' '.join(part.values())}"] = [{"rows": row} | year | part for row in ("place", "hour", "week")]
    return found


def measured(store: Filled, schools: Sequence[int], views: Sequence[Address], rounds: int) -> Took:
    took = Took()
    for number in schools:
        client = signed_in(store, email(number))
        for view in views:
            of_view(store, client, number, view)
            took.add(quickest([of_view(store, client, number, view) for _again in range(rounds)]))
    return took


def quickest(times: Sequence[Took]) -> Took:
    """Of the same view asked several times: what else runs on the machine is no part of it."""
    return Took(*([min(getattr(one, part)[0] for one in times)] for part in ("page", "drawn", "steadied")))


def of_view(store: Filled, client: FlaskClient, number: int, view: Address) -> Took:
    """One request, and the same map drawn once more by itself."""
    address = {**view, "school": str(store.made.schools[number])}
    page = timed(lambda: asked(client, "/heatmap", address))
    with store.app.test_request_context():
        school, now = db.session.get_one(School, store.made.schools[number]), datetime.now(UTC)
        since = time.perf_counter()
        drawn = grid.draw(db.session, school, View.read(view, **_calendar(school, now)), now)
        took = 1000 * (time.perf_counter() - since)
    assert not drawn.view.problems, drawn.view.problems
    heard = [tuple(cell.tally for cell in line.cells) for group in drawn.groups for line in group.lines]
    return Took([page], [took], [timed(lambda: steady(heard, drawn.view.by))])


def steady(heard: Sequence[tallies.Tallies], by: Row) -> None:
    columns = list(zip(*heard, strict=True))
    laws = [Law.of(column) for column in columns]
    for law, column in zip(laws, columns, strict=True):
        law.rates(column)
    if by is not Row.WEEK:
        point_out(heard, laws)


def against_alone(among: Filled, alone: Filled, views: Sequence[Address], rounds: int) -> float:
    """How many times as long a school's request takes among others as by itself; both asked in turn."""
    clients = [signed_in(store, email(0)) for store in (among, alone)]
    took: list[list[float]] = [[], []]
    for view in views:
        address = {**view, "school": str(among.made.schools[0])}
        asking = [partial(asked, client, "/heatmap", address) for client in clients]
        times = [[timed(one) for one in asking] for _again in range(rounds + 1)][1:]
        for at in range(len(clients)):
            took[at].append(min(time[at] for time in times))
    return median(took[0]) / median(took[1])


def against_peer(
    store: Filled, duck: Duck, schools: Sequence[int], today: Any, rounds: int
) -> dict[str, tuple[float, float]]:
    """What it takes to count a view and its sample, here and there; the figures must be the same."""
    found = {}
    for by in Row:
        for name, days in (("week", 7), ("30 days", 30), ("term", 182), ("year", 365)):
            period = Period(today - timedelta(days=days - 1), today)
            ours, theirs = [], []
            for number in schools:
                with store.app.app_context():
                    school = db.session.get_one(School, store.made.schools[number])
                    for again in range(rounds + 1):
                        counted, sample, one = counting(school, by, period)
                        peers, peers_sample, other = duck_counting(duck, school, by, period)
                        assert sum(row[0].n for row in counted.values()) == peers
                        assert (sample.n, sample.observers, sample.places, sample.days) == peers_sample
                        if again:
                            ours.append(one)
                            theirs.append(other)
            found[f"{by.value}, {name}"] = (median(ours), median(theirs))
    return found


def counting(school: School, by: Row, period: Period) -> tuple[dict[str, tallies.Tallies], tallies.Sample, float]:
    since = time.perf_counter()
    counted = tallies.count(db.session, school, by=by, period=period)
    sample = tallies.sample(db.session, school, period)
    return counted, sample, 1000 * (time.perf_counter() - since)


def duck_counting(duck: Duck, school: School, by: Row, period: Period) -> tuple[int, tuple[int, ...], float]:
    since, until = period.bounds(school.zone)
    local = f"(observed_at + {ahead(school, since, until)} + 86400)"
    eve = (EVE_WEEKDAY - school.week_start) % 7 * 86400
    part = {
        Row.PLACE: "place_id",
        # Which of a school's places lie on a floor or are of a kind is told to it as a list, as to our own databases.
        Row.FLOOR: "place_id",
        Row.KIND: "place_id",
        Row.SETTING: "setting",
        Row.WEEK: f"({local} + {eve}) // 604800",
        Row.WEEKDAY: f"({local} // 86400 + {EVE_WEEKDAY - 1}) % 7",
        Row.HOUR: f"{local} % 86400 // 3600",
    }[by]
    where = "FROM observation WHERE school_id = $1::UUID AND observed_at >= $2 AND observed_at < $3"
    told = [str(school.id), int(since.timestamp()), int(until.timestamp())]
    sums = ", ".join(f"sum((heard & {int(trait)}) // {int(trait)})" for trait in TRAITS)
    began = time.perf_counter()
    rows = duck.raw.execute(f"SELECT {part} AS part, count(*), {sums} {where} GROUP BY part", told).fetchall()
    sample = duck.raw.execute(
        "SELECT count(*), count(DISTINCT observer_id), count(DISTINCT place_id),"
        f" count(DISTINCT {local} // 86400) {where}",
        told,
    ).fetchone()
    took = 1000 * (time.perf_counter() - began)
    return sum(row[1] for row in rows), sample, took


def ahead(school: School, since: datetime, until: datetime) -> str:
    """How far the school's clock is ahead, for DuckDB."""
    *before, last = offsets(school.zone, since, until)
    begins = [*before, last][1:]
    when = (
        f"WHEN observed_at < {int(end[0].timestamp())} THEN {one[1]}" for one, end in zip(before, begins, strict=True)
    )
    return f"(CASE {' '.join(when)} ELSE {last[1]} END)" if before else f"({last[1]})"


def of_district(store: Filled, rounds: int) -> dict[str, list[float]]:
    """The page of a district's schools over a year, by traits and week by week."""
    client = signed_in(store, DIRECTOR)
    found = {}
    for address in ({"weeks": "52"}, {"weeks": "52", "trait": TRAITS[0].word}):
        asked(client, "/district", address)
        found[" ".join(address)] = [timed(partial(asked, client, "/district", address)) for _again in range(5 * rounds)]
    table(
        f"A district of {IN_DISTRICT} schools over a year, the whole request, ms, p50 / p95",
        ("", "request"),
        ((kind, both(took)) for kind, took in found.items()),
    )
    return found


def signed_in(store: Filled, who: str) -> FlaskClient:
    client = store.app.test_client()
    answer = client.post("/api/v1/session", json={"email": who, "password": world.PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


def asked(client: FlaskClient, path: str, address: Address) -> None:
    answer = client.get(path, query_string=address, headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200, answer.status


def timed(run: Callable[[], object]) -> float:
    since = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - since)


def both(took: Sequence[float]) -> str:
    return f"{median(took):.1f} / {tail(took):.1f}"


def tail(took: Sequence[float]) -> float:
    return middle_and_tail(took)[1] if len(took) > 1 else took[0]


if __name__ == "__main__":
    main()
