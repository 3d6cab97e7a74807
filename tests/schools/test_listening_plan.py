"""Set how often to listen in each place, on which days, and the periods of the day."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.schools.pages import only_administrators_come_in, problem_at, said, value_of
from tests.world import World, sign_in
from webapp.culture.coverage import USUAL_PLAN, DayPeriod, Plan
from webapp.schools import listening_plans, models

PAGE = "/school/listening-plan"
SET: dict[str, str | list[str]] = {
    "times": "2", "weeks": "6", "weekdays": ["1", "3", "7"],
    "periods-0-name": "Lunch", "periods-0-begins": "11:30", "periods-0-ends": "13:00",
    "periods-1-name": "Early", "periods-1-begins": "7:00", "periods-1-ends": "08:15",
    "periods-2-name": "", "periods-2-begins": "", "periods-2-ends": "",
    "periods-3-name": "Night", "periods-3-begins": "22:00", "periods-3-ends": "00:00",
}  # fmt: skip
STORED = Plan(
    times=2,
    weeks=6,
    weekdays=frozenset({1, 3, 7}),
    periods=(DayPeriod(420, 495, "Early"), DayPeriod(690, 780, "Lunch"), DayPeriod(1320, 1440, "Night")),
)


def stored(db: Session, world: World) -> Plan:
    db.expire_all()
    return listening_plans.plan_of(db, world.ours.school)


def test_the_usual_plan_is_offered_first(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.principal)
    page = client.get(PAGE)
    assert (value_of(page, "times"), value_of(page, "weeks")) == ("1", "4")
    assert (value_of(page, "periods-0-name"), value_of(page, "periods-0-begins")) == ("Before school", "06:00")
    assert "Every place at least once in 4 weeks" in said(client.get("/school"))


def test_a_plan_is_set_in_order_and_can_be_read_again(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal)
    answer = client.post(PAGE, data=SET)
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/heatmap/coverage")
    assert stored(db, world) == STORED
    assert listening_plans.plan_of(db, world.neighbour.school) == USUAL_PLAN
    page = client.get(PAGE)
    assert (value_of(page, "periods-2-ends"), value_of(page, "periods-1-begins")) == ("00:00", "11:30")
    assert "Every place at least 2 times in 6 weeks" in said(client.get("/school"))
    assert client.post(PAGE, data=SET | {"times": "1"}).status_code == 303
    assert stored(db, world).times == 1


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"times": ""}, "times", "Say how many times, such as 1."),
        ({"times": "0"}, "times", "Type a number from 1 to 20."),
        ({"times": "21"}, "times", "Type a number from 1 to 20."),
        ({"times": "often"}, "times", "Type a whole number, in digits."),
        ({"weeks": ""}, "weeks", "Say in how many weeks, such as 4."),
        ({"weeks": "13"}, "weeks", "Type a number from 1 to 12."),
        ({"weekdays": []}, "weekdays", "Choose at least one day."),
        ({"weekdays": ["8"]}, "weekdays", "Choose from these."),
        ({"weekdays": ["1", "Monday"]}, "weekdays", "Choose from these."),
        ({"periods-0-name": ""}, "periods-0-name", "Give it a name, or leave the whole line empty."),
        ({"periods-0-name": "early"}, "periods-1-name", "Another period has this name already."),
        ({"periods-0-name": "x" * 31}, "periods-0-name", "This is too long. Use at most 30 characters."),
        (
            {"periods-0-name": "<b>Lunch"}, "periods-0-name",
            "This looks like HTML. Use plain words, without < before a letter.",
        ),
        ({"periods-0-begins": ""}, "periods-0-begins", "Say from when to when, or leave the whole line empty."),
        ({"periods-0-ends": "noon"}, "periods-0-ends", "Type a time of day, such as 8:30 or 15:00."),
        ({"periods-0-ends": "25:00"}, "periods-0-ends", "Type a time of day, such as 8:30 or 15:00."),
        ({"periods-0-ends": "12:60"}, "periods-0-ends", "Type a time of day, such as 8:30 or 15:00."),
        ({"periods-0-ends": "٨:٣٠"}, "periods-0-ends", "Type a time of day, such as 8:30 or 15:00."),
        ({"periods-0-ends": "11:30"}, "periods-0-ends", "It ends after it begins. Choose a later time."),
        ({"periods-0-begins": "08:14"}, "periods-0-begins", "This begins before “Early” ends."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(
    client: FlaskClient,
    db: Session,
    world: World,
    *,
    wrong: dict[str, str | list[str]],
    field: str,
    message: str,
) -> None:
    answer = sign_in(client, world.ours.principal).post(PAGE, data=SET | wrong)
    assert answer.status_code == 422
    assert problem_at(answer, field) == message
    typed = SET | wrong
    for name in ("times", "weeks", "periods-0-name", "periods-0-begins", "periods-0-ends", "periods-3-name"):
        assert value_of(answer, name) == typed[name]
    assert stored(db, world) == USUAL_PLAN


def test_a_day_needs_a_period(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.principal)
    for data in (
        {"times": "1", "weeks": "1", "weekdays": ["1"]},
        {"times": "1", "weeks": "1", "weekdays": ["1"], "periods-0-name": " "},
    ):
        answer = client.post(PAGE, data=data)
        assert answer.status_code == 422
        assert problem_at(answer, "periods-0-name").startswith("A day has at least one period.")


@pytest.mark.parametrize(
    "wrong", [{"times": 0}, {"times": 21}, {"weeks": 0}, {"weeks": 13}, {"weekdays": 0}, {"weekdays": 128}]
)
def test_the_database_holds_no_plan_that_cannot_be(db: Session, world: World, wrong: dict[str, int]) -> None:
    plan = {"school_id": world.ours.school.id, "times": 1, "weeks": 4, "weekdays": 31}
    with pytest.raises(IntegrityError):
        db.execute(insert(models.CoveragePlan).values(**(plan | wrong)))
    db.rollback()


@pytest.mark.parametrize(
    "wrong", [{"begins": -1}, {"ends": 1441}, {"ends": 480}, {"name": ""}, {"begins": 420, "name": "First"}]
)
def test_the_database_holds_no_period_that_cannot_be(db: Session, world: World, wrong: dict[str, int | str]) -> None:
    listening_plans.change(db, world.ours.school, Plan(periods=(DayPeriod(420, 480, "First"),)))
    period = {"school_id": world.ours.school.id, "begins": 480, "ends": 540, "name": "Second"}
    with pytest.raises(IntegrityError):
        db.execute(insert(models.DayPeriod).values(**(period | wrong)))
    db.rollback()


def test_only_administrators_of_the_school_come_in(client: FlaskClient, world: World) -> None:
    only_administrators_come_in(client, world, [("GET", PAGE), ("POST", PAGE)])


def test_a_plan_is_not_deleted(client: FlaskClient, world: World) -> None:
    assert sign_in(client, world.ours.principal).delete(PAGE).status_code == 405
