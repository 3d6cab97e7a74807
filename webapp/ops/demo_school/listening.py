"""What is heard in the demo school, and when: drawn from a seed, written nowhere. The same seed hears the same."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp
from random import Random
from typing import Final, TypeVar
from uuid import UUID

from webapp.culture.school_time import DAY
from webapp.culture.vocabulary import TRAITS, GroupSize, Setting, Trait
from webapp.ops.demo_school import building, cast
from webapp.ops.demo_school.calendar import Calendar, Week, local

Choice = TypeVar("Choice")

USUAL: Final[Mapping[Trait, float]] = {
    Trait.SUBSTANTIVE: -0.2,
    Trait.EVIDENCE: -1.2,
    Trait.INQUIRY: -0.9,
    Trait.NONDEFENSIVE: 0.2,
    Trait.PERSONAL: -0.5,
    Trait.KNOWLEDGE: -1.3,
    Trait.ACTION: -1.3,
}
"""How likely a trait is in any conversation, in log odds."""

BY_SETTING: Final[Mapping[Setting, Mapping[Trait, float]]] = {
    Setting.PASSING: {Trait.SUBSTANTIVE: -0.7, Trait.EVIDENCE: -0.8, Trait.KNOWLEDGE: -0.7, Trait.PERSONAL: 0.4},
    Setting.BREAK: {Trait.SUBSTANTIVE: -0.5, Trait.EVIDENCE: -0.9, Trait.ACTION: -0.8, Trait.PERSONAL: 0.8},
    Setting.TEAM_MEETING: {Trait.SUBSTANTIVE: 0.9, Trait.EVIDENCE: 0.6, Trait.INQUIRY: 0.6, Trait.ACTION: 0.8},
    Setting.STAFF_MEETING: {Trait.NONDEFENSIVE: -0.5, Trait.KNOWLEDGE: 0.5, Trait.INQUIRY: -0.3, Trait.ACTION: 0.3},
    Setting.ONE_TO_ONE: {Trait.INQUIRY: 0.5, Trait.NONDEFENSIVE: 0.4, Trait.ACTION: 0.3},
    Setting.OTHER: {},
}
TRIED: Final[Mapping[Trait, float]] = {Trait.EVIDENCE: 1.9, Trait.ACTION: 1.0}
"""What the team's next steps brought."""

NEXT_STEPS: Final[Mapping[Trait, tuple[str, str | None]]] = {
    Trait.EVIDENCE: ("Each team meeting looks at one piece of student work", None),
    Trait.ACTION: (
        "Each meeting ends with who does what until when",
        "Most meetings end with a list now; the lounge is as it was.",
    ),
}
"""What the team tries from the turn on, for which trait; and what changed, where somebody has said."""

GROUPS: Final[Mapping[Setting, Mapping[GroupSize | None, float]]] = {
    Setting.PASSING: {GroupSize.FEW: 5, GroupSize.SOME: 1, None: 4},
    Setting.BREAK: {GroupSize.FEW: 3, GroupSize.SOME: 4, None: 3},
    Setting.TEAM_MEETING: {GroupSize.FEW: 1, GroupSize.SOME: 7, GroupSize.MANY: 1, None: 1},
    Setting.STAFF_MEETING: {GroupSize.MANY: 9, None: 1},
    Setting.ONE_TO_ONE: {GroupSize.FEW: 8, None: 2},
    Setting.OTHER: {GroupSize.FEW: 2, GroupSize.SOME: 2, None: 6},
}
NOTES_OF_THE_LAST: Final = timedelta(days=25)


@dataclass(frozen=True, slots=True)
class Heard:
    """One conversation of the demo; `place` is its number in the building."""

    id: UUID
    place: int
    setting: Setting
    heard: Trait
    at: datetime
    group_size: GroupSize | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Character:
    """What makes one demo school differ from another: how likely each trait is there, in log odds."""

    usual: Mapping[Trait, float]

    @classmethod
    def drawn(cls, random: Random) -> "Character":
        """A school not far from the usual."""
        return cls({trait: USUAL[trait] + random.gauss(0, 0.15) for trait in TRAITS})


def listen(random: Random, calendar: Calendar, observations: int) -> dict[tuple[int, str], list[Heard]]:
    """So many conversations, by the week and the mark of whoever listened, in the order of time."""
    character = Character.drawn(random)
    weights = {
        (week, weekday, person.mark): person.habit.a_week * person.habit.weekdays[weekday]
        for week, weekday, sort in calendar.days()
        for person in cast.CAST
        if person.habit and _records(person, sort)
    }
    found: defaultdict[tuple[int, str], list[Heard]] = defaultdict(list)
    habits = {person.mark: person.habit for person in cast.CAST if person.habit}
    for week, weekday, mark in random.choices(list(weights), list(weights.values()), k=observations):
        day = calendar.monday(week) + weekday * DAY
        found[week, mark].append(_conversation(random, character, habits[mark], calendar, day=day))
    return {key: sorted(each, key=lambda heard: (heard.at, heard.id)) for key, each in sorted(found.items())}


def _records(person: cast.DemoPerson, sort: Week) -> bool:
    return sort is Week.ORDINARY or (sort is Week.THIN and person.mark == cast.ALONE)


def _conversation(random: Random, character: Character, habit: cast.Habit, calendar: Calendar, *, day: date) -> Heard:
    places = building.PLACES
    place = _drawn(random, {i: each.passed * habit.floors[each.floor] for i, each in enumerate(places)})
    setting = _drawn(random, building.SETTINGS[places[place].kind])
    at = local(day, _drawn(random, _hours(habit, setting)), random.randrange(60))
    tried = TRIED if day >= calendar.turn else {}
    leanings = (character.usual, BY_SETTING[setting], places[place].leaning, tried)
    heard = sum(trait for trait in TRAITS if random.random() < _likelihood(trait, leanings, habit.ear))
    noted = random.random() < habit.notes and day > calendar.today - NOTES_OF_THE_LAST
    return Heard(
        id=made_id(random, at),
        place=place,
        setting=setting,
        heard=Trait(heard),
        at=at,
        group_size=_drawn(random, GROUPS[setting]),
        note=random.choice(cast.NOTES) if noted else None,
    )


def _hours(habit: cast.Habit, setting: Setting) -> dict[int, float]:
    """The hours of such a conversation, weighed by when this person is about."""
    morning, afternoon = 11, 13
    by_person = {True: habit.early, False: 1.0}
    return {
        hour: weight * by_person[hour < morning] * (habit.late if hour >= afternoon else 1.0)
        for hour, weight in building.HOURS[setting].items()
    }


def _likelihood(trait: Trait, leanings: Sequence[Mapping[Trait, float]], ear: float) -> float:
    return 1 / (1 + exp(-ear - sum(leaning.get(trait, 0.0) for leaning in leanings)))


def _drawn(random: Random, weights: Mapping[Choice, float]) -> Choice:
    return random.choices(list(weights), list(weights.values()))[0]


def made_id(random: Random, at: datetime) -> UUID:
    """A UUID of version 7 whose chance comes from the seed."""
    bits = int(at.timestamp() * 1000) << 80 | random.getrandbits(80)
    bits = bits & ~(0xF << 76) | 7 << 76
    return UUID(int=bits & ~(0x3 << 62) | 0x2 << 62)
