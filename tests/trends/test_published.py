"""What was published is read back as it was written, and a chain that was tampered with is found."""

import pytest
from sqlalchemy.orm import Session

from tests.promises import promise
from tests.trends.schooldays import FIRST, SECOND, closing, plenty
from tests.world import World
from webapp.culture import disclosure
from webapp.culture.disclosure import Rhythm
from webapp.trends import published
from webapp.trends.models import Publication
from webapp.trends.publishing import publish_due


def chained(session: Session, world: World, *contents: str) -> list[Publication]:
    """These contents as publications of our school, each sealed."""
    rows, before = [], published.NONE_BEFORE
    for number, (content, window) in enumerate(zip(contents, (FIRST, SECOND), strict=False), start=1):
        seal = published.hash_of(before, world.ours.school.id, number, content)
        rows.append(
            Publication(
                school_id=world.ours.school.id,
                number=number,
                first_day=window.first,
                last_day=window.last,
                content=content,
                hash_before=before,
                hash=seal,
            )
        )
        before = seal
    session.add_all(rows)
    return rows


CONTENTS = [
    published.written(disclosure.Publication(window, 5, (0, 1, 2, 3, 4, 0, 1)), Rhythm.BY_WINDOW)
    for window in (FIRST, SECOND)
]


def test_windows_are_read_oldest_first_and_only_ours(db: Session, world: World) -> None:
    for window in (FIRST, SECOND):
        plenty(db, world.ours, window)
    plenty(db, world.neighbour, FIRST)
    for here in (world.ours, world.neighbour):
        publish_due(db, here.school, closing(here, SECOND))
    assert [each.period for each in published.windows(db, world.ours.school)] == [FIRST, SECOND]
    assert [each.period for each in published.windows(db, world.neighbour.school)] == [FIRST]


def test_what_is_read_is_what_was_written(db: Session, world: World) -> None:
    chained(db, world, CONTENTS[0])
    (window,) = published.windows(db, world.ours.school)
    assert (window.period, window.of, window.rhythm) == (FIRST, 5, Rhythm.BY_WINDOW)
    assert [band.j for band in window.bands] == [0, 1, 2, 3, 4, 0, 1]


@promise("PRIVACY-8")
def test_the_content_is_canonical(db: Session, world: World) -> None:
    assert CONTENTS[0] == (
        '{"bands":{"action":1,"evidence":1,"inquiry":2,"knowledge":0,"nondefensive":3,"personal":4,"substantive":0},'
        '"end":"2026-08-30","of":5,"rhythm":"by_window","start":"2026-08-03"}'
    )


@promise("PRIVACY-8")
def test_a_whole_chain_is_whole(db: Session, world: World) -> None:
    assert published.chain_is_whole(db, world.ours.school)
    chained(db, world, *CONTENTS)
    assert published.chain_is_whole(db, world.ours.school)


@promise("PRIVACY-8")
@pytest.mark.parametrize(
    ("number", "name", "value"),
    [
        (1, "content", CONTENTS[0].replace('"evidence":1', '"evidence":2')),
        (1, "last_day", SECOND.first),
        (1, "number", 3),
        (2, "hash_before", bytes(32)),
        (2, "hash", bytes(32)),
    ],
)
def test_a_chain_that_was_tampered_with_is_found(
    db: Session, world: World, number: int, name: str, value: object
) -> None:
    setattr(chained(db, world, *CONTENTS)[number - 1], name, value)
    assert not published.chain_is_whole(db, world.ours.school)


@promise("PRIVACY-8")
def test_a_publication_that_was_left_out_is_missed(db: Session, world: World) -> None:
    db.expunge(chained(db, world, *CONTENTS)[0])
    assert not published.chain_is_whole(db, world.ours.school)


@promise("PRIVACY-8")
def test_another_schools_chain_does_not_pass_for_ours(db: Session, world: World) -> None:
    theirs = world.neighbour.school.id
    (row,) = chained(db, world, CONTENTS[0])
    row.school_id = theirs
    assert not published.chain_is_whole(db, world.neighbour.school)
