"""A cell opens the last listen-ins behind it, without whoever made them; and rows can begin with the least."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.world import World, member, sign_in
from webapp.culture.school_time import Period, local_date
from webapp.culture.vocabulary import Role, Setting, Trait
from webapp.observing import tallies
from webapp.observing.models import Observation
from webapp.observing.only import Only
from webapp.observing.tallies import Row

NOW = datetime.now(UTC)


@pytest.fixture
def listened(db: Session, world: World) -> World:
    """In the hallway 24 in passing, one a day and with evidence each second time; two in the library; a neighbour's."""
    ours, theirs = world.ours, world.neighbour
    for number in range(24):
        said = (Trait.EVIDENCE, Trait.ACTION) if number % 2 else ()
        heard(db, ours.school, ours.places[0], ours.coach, NOW - timedelta(days=number), *said)
    heard(db, ours.school, ours.places[2], ours.principal, NOW, Trait.INQUIRY, times=2, setting=Setting.BREAK)
    heard(db, theirs.school, theirs.places[0], theirs.coach, NOW, Trait.PERSONAL, times=9)
    db.commit()
    return world


def behind(page: str) -> list[str]:
    """The lines of the list, as they are read."""
    found = re.search(r'<details class="behind-cell">.*?</details>', page, re.DOTALL)
    if found is None:
        return []
    return [re.sub(r"<[^>]+>|\s+", " ", line).strip() for line in re.findall(r"<li>(.*?)</li>", found[0], re.DOTALL)]


def test_the_last_twenty_are_listed_the_latest_first(client: FlaskClient, listened: World) -> None:
    hallway = listened.ours.places[0].id
    page = sign_in(client, listened.ours.coach).get(f"/heatmap?period=30-days&cell={hallway},evidence").text
    lines = behind(page)
    assert "The last 20 of these 24 listen-ins" in page
    assert len(lines) == 20
    assert all("In passing · North hallway" in line for line in lines)
    assert "None of these" in lines[0]
    assert "Evidence and Action" in lines[1]


def test_nobody_is_named_and_no_note_is_told(client: FlaskClient, db: Session, listened: World) -> None:
    ours = listened.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOW)[0].note = "behind the red door"
    db.commit()
    hallway = ours.places[0].id
    page = sign_in(client, ours.principal).get(f"/heatmap?period=30-days&cell={hallway},evidence").text
    told = " ".join(behind(page))
    assert told
    assert "red door" not in page
    assert ours.coach.name not in told


def test_after_thirty_days_the_hour_is_told_and_no_minute(client: FlaskClient, db: Session, listened: World) -> None:
    ours = listened.ours
    at = (NOW - timedelta(days=60)).replace(minute=42)
    heard(db, ours.school, ours.places[1], ours.coach, at, times=6)
    db.commit()
    day = local_date(at, ours.school.zone)
    address = f"/heatmap?from={day}&to={day}&cell={ours.places[1].id},evidence"
    lines = behind(sign_in(client, ours.coach).get(address).text)
    assert len(lines) == 6
    assert all(re.search(r"the hour from \d+:00", line) for line in lines)


def test_what_a_group_of_observers_heard_is_not_listed(client: FlaskClient, db: Session, listened: World) -> None:
    ours = listened.ours
    others = [member(db, ours.school, role, f"{role}@ours.example") for role in (Role.ADMIN, Role.OBSERVER)]
    db.flush()
    for person in (ours.principal, ours.coach, *others):
        heard(db, ours.school, ours.places[0], person, NOW)
    db.commit()
    address = f"/heatmap?period=30-days&observers=observer&cell={ours.places[0].id},evidence"
    page = sign_in(client, ours.principal).get(address).text
    assert "Heard in 12 of 26." in page
    assert behind(page) == []


@pytest.mark.parametrize("by", list(Row))
def test_each_row_has_as_many_behind_it_as_it_counts(db: Session, listened: World, by: Row) -> None:
    school = listened.ours.school
    today = local_date(NOW, school.zone)
    for only in (Only(), Only(setting=Setting.BREAK), Only(floor="1")):
        period = Period(today - timedelta(days=20), today)
        counted = tallies.count(db, school, by=by, period=period, only=only)
        assert counted
        for key, told in counted.items():
            which = tallies.of_row(db, school, by=by, key=key, period=period, only=only)
            assert db.scalar(select(func.count()).select_from(Observation).where(*which)) == told[0].n


def test_those_listened_to_least_come_first(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.coach).get("/heatmap?period=30-days&order=least").text
    rows = re.findall(r'<th scope="row">\s*([^<]+?)\s*<', page)
    assert rows[-2:] == ["Library", "North hallway"]
    assert 'scope="rowgroup"' not in page
    assert "Least listened to first" in page
    # Another view keeps it, and it can be taken off.
    assert re.search(r'href="/heatmap\?[^"]*rows=setting[^"]*order=least', page)


@pytest.mark.parametrize("rows", ["week", "weekday", "hour"])
def test_times_stay_in_their_order(client: FlaskClient, listened: World, rows: str) -> None:
    client = sign_in(client, listened.ours.coach)
    found = [
        re.findall(r'<th scope="row">\s*([^<]+?)\s*<', client.get(f"/heatmap?period=30-days&rows={rows}{order}").text)
        for order in ("", "&order=least")
    ]
    assert found[0] == found[1] != []


def test_another_order_is_none(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.coach).get("/heatmap?period=30-days&order=best").text
    assert "“best” is none of these" in page
