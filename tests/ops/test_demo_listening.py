"""What is heard in the demo school: drawn from a seed, with habits, places and weeks that really differ."""

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from webapp.culture.school_time import SchoolYear
from webapp.culture.vocabulary import TRAITS, Setting, Trait
from webapp.ops.demo_school.building import PLACES
from webapp.ops.demo_school.calendar import Calendar
from webapp.ops.demo_school.listening import Heard, listen

TODAY = date(2026, 11, 25)
CALENDAR = Calendar(TODAY, 26)
ALL = listen(Random("a seed"), CALENDAR, 4000)


def share(trait: Trait, of: Iterable[Heard]) -> float:
    heard = list(of)
    return sum(bool(each.heard & trait) for each in heard) / len(heard)


def everything() -> list[Heard]:
    return [each for heard in ALL.values() for each in heard]


def by(person: str) -> list[Heard]:
    return [each for (_week, mark), heard in ALL.items() if mark == person for each in heard]


def at(name: str) -> list[Heard]:
    return [each for each in everything() if PLACES[each.place].name == name]


def in_setting(setting: Setting) -> list[Heard]:
    return [each for each in everything() if each.setting is setting]


def climbs(person: str) -> float:
    heard = by(person)
    return sum(PLACES[each.place].floor == 3 for each in heard) / len(heard)


def readiness(person: str) -> float:
    """How many traits this person hears in a conversation, on average."""
    return sum(share(trait, by(person)) for trait in TRAITS)


def test_as_many_as_asked_for_from_four_people() -> None:
    assert len(everything()) == 4000
    assert {mark for _week, mark in ALL} == {"principal", "assistant", "coach", "coach2"}


def test_the_same_seed_hears_the_same_and_another_does_not() -> None:
    assert listen(Random("a seed"), CALENDAR, 4000) == ALL
    assert listen(Random("another"), CALENDAR, 4000) != ALL


def test_ids_are_those_a_phone_would_make() -> None:
    ids = [each.id for each in everything()]
    assert len(set(ids)) == 4000
    assert {(each.version, each.variant) for each in ids} == {(7, "specified in RFC 4122")}
    assert all(abs(each.id.int >> 80) == int(each.at.timestamp() * 1000) for each in everything())


def test_each_has_habits_of_their_own() -> None:
    assert climbs("coach2") > 2 * climbs("assistant")
    assert readiness("coach") > readiness("assistant") + 0.8
    mornings = {who: sum(each.at.hour < 11 for each in by(who)) / len(by(who)) for who in ("principal", "coach")}
    assert mornings["principal"] > 2 * mornings["coach"]


def test_fridays_are_quiet_and_nobody_listens_at_weekends() -> None:
    days = [each.at.isoweekday() for each in everything()]
    assert max(days) == 5
    assert 0.02 < days.count(5) / len(days) < 0.12


def test_two_places_are_never_visited() -> None:
    visited = {each.place for each in everything()}
    assert {place.name for number, place in enumerate(PLACES) if number not in visited} == {
        "Science workroom",
        "Bus loop",
    }


def test_places_differ() -> None:
    assert share(Trait.NONDEFENSIVE, at("Teachers’ lounge")) < share(Trait.NONDEFENSIVE, at("Library")) - 0.12
    assert share(Trait.KNOWLEDGE, at("Library")) > share(Trait.KNOWLEDGE, at("Front hallway")) + 0.15
    assert share(Trait.EVIDENCE, at("Third-floor classrooms")) > share(Trait.EVIDENCE, at("Cafeteria")) + 0.3


def test_settings_differ() -> None:
    assert share(Trait.ACTION, in_setting(Setting.TEAM_MEETING)) > share(Trait.ACTION, in_setting(Setting.BREAK)) + 0.25
    assert share(Trait.PERSONAL, in_setting(Setting.BREAK)) > share(Trait.PERSONAL, in_setting(Setting.OTHER))


def test_some_conversations_have_none_of_the_seven() -> None:
    assert 0.01 < sum(each.heard == 0 for each in everything()) / 4000 < 0.15


def test_what_was_tried_half_way_is_heard_from_then_on() -> None:
    before = [each for each in everything() if each.at.date() < CALENDAR.turn]
    after = [each for each in everything() if each.at.date() >= CALENDAR.turn]
    assert share(Trait.EVIDENCE, after) > share(Trait.EVIDENCE, before) + 0.25
    assert share(Trait.ACTION, after) > share(Trait.ACTION, before) + 0.1
    assert abs(share(Trait.PERSONAL, after) - share(Trait.PERSONAL, before)) < 0.06


def test_weeks_run_to_yesterday_and_holidays_have_nothing() -> None:
    weeks = {week for week, _mark in ALL}
    assert set(range(26)) - weeks == {9, 10, 19}
    assert {mark for week, mark in ALL if week in {8, 11}} == {"coach"}
    assert max(each.at.date() for each in everything()) == TODAY - timedelta(days=1)


def test_only_what_is_recent_has_notes() -> None:
    noted = [each for each in everything() if each.note]
    assert noted
    assert min(each.at.date() for each in noted) > TODAY - timedelta(days=26)
    assert {mark for (_week, mark), heard in ALL.items() for each in heard if each.note} == {"coach", "coach2"}


def test_on_a_monday_the_week_that_begins_is_still_empty() -> None:
    monday = date(2026, 11, 23)
    heard = listen(Random("a seed"), Calendar(monday, 2), 50)
    assert {week for week, _mark in heard} == {0}


def test_years_follow_one_another_until_today() -> None:
    years: list[SchoolYear] = list(Calendar(TODAY, 120).years())
    assert len(years) == 3
    assert years[-1].first <= TODAY <= years[-1].last
    assert all(
        following.first == one.last + timedelta(days=1) for one, following in zip(years, years[1:], strict=False)
    )
    assert all(len(year.terms) == 3 for year in years)
