"""What staff may be shown: fixed windows, frozen once closed, told only when enough and varied (PRIVACY-0 to 4).

    windows of the year → those due, each decided once, in order → joined to those that wait → enough? → publication

Shares are told in bands (`bands.py`). The caller gathers a window's conversations as they stood when it closed, and
remembers what was decided.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Final, TypedDict
from zoneinfo import ZoneInfo

from webapp.culture.bands import band, bands_for
from webapp.culture.school_time import DAY, Period, SchoolYear, day_bounds
from webapp.culture.vocabulary import ALL, TRAITS

ADULTS_A_PLACE: Final = 5
"""How many adults use a place, at least; none is for one person (PRIVACY-0)."""

EXACT_TIME_FOR: Final = timedelta(days=30)
"""After this long a time of day is kept to the hour only (PRIVACY-0)."""

CLOSES_AFTER: Final = timedelta(days=7)
"""How long after its end a window closes, for ever (PRIVACY-2)."""

STAFF_FOR_TRENDS: Final = 8
STAFF_FOR_WINDOWS: Final = 15
"""Under 8 staff nothing is shown; under 15, by term only (PRIVACY-4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is enough, and varied enough (PRIVACY-4): the least of each, and the most that one of them may give.

    A school may tighten a rule, within reason; none can be loosened.

    Raises:
        ValueError: a rule is looser than it may be, or tighter than can ever be met.
    """

    conversations: int = 10
    days: int = 5
    places: int = 3
    observers: int = 2
    day_share: Fraction = Fraction(1, 3)
    place_share: Fraction = Fraction(1, 2)
    setting_share: Fraction = Fraction(2, 3)
    observer_share: Fraction = Fraction(2, 3)

    def __post_init__(self) -> None:
        """Refuse what is looser than the rule."""
        for name, (loosest, tightest) in LIMITS.items():
            value = getattr(self, name)
            if not min(loosest, tightest) <= value <= max(loosest, tightest):
                raise ValueError(f"{name} may be from {loosest} (the rule) to {tightest}, not {value}")


LIMITS: Final[dict[str, tuple[Fraction, Fraction]]] = {
    "conversations": (Fraction(10), Fraction(40)),
    "days": (Fraction(5), Fraction(20)),
    "places": (Fraction(3), Fraction(10)),
    "observers": (Fraction(2), Fraction(5)),
    "day_share": (Fraction(1, 3), Fraction(1, 10)),
    "place_share": (Fraction(1, 2), Fraction(1, 5)),
    "setting_share": (Fraction(2, 3), Fraction(1, 2)),
    "observer_share": (Fraction(2, 3), Fraction(1, 2)),
}
"""Each rule as it is, and how far a school may tighten it."""

RULES: Final = Rules()
"""The rules as they are; no school's are looser."""


class Somebody(Enum):
    """Who listened, where nobody knows."""

    ANYBODY = "anybody"


ANYBODY: Final = Somebody.ANYBODY
"""The observer of what came in from a file: perhaps one of those who are known."""


class Rhythm(StrEnum):
    """When a school's staff are shown something."""

    NEVER = "never"
    BY_TERM = "by_term"
    BY_WINDOW = "by_window"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation as it counts here: keys tell alike from different and are never shown.

    `day` is the school's own; `heard` has a bit a trait, 0 to 127; `observer` is None once the person has left, and
    all who have left count as one. It is ANYBODY for what came in from a file: that counts as heard by whoever heard
    most of the rest, so that it never makes observers more, or more even, than they are known to be.

    Raises:
        ValueError: `heard` is no set of traits.
    """

    day: date
    place: Hashable
    setting: Hashable
    observer: Hashable
    heard: int

    def __post_init__(self) -> None:
        """Refuse what cannot have been heard."""
        if not 0 <= self.heard <= ALL:
            raise ValueError(f"{self.heard} is no set of traits")


@dataclass(frozen=True, slots=True)
class Gathered:
    """A window with the conversations in it, as they stood when it closed.

    Raises:
        ValueError: one of them was on a day outside the window.
    """

    window: Period
    conversations: tuple[Conversation, ...]

    def __post_init__(self) -> None:
        """Refuse what belongs to another window."""
        for conversation in self.conversations:
            if conversation.day not in self.window:
                raise ValueError(f"{conversation.day} is not in the window from {self.window.first}")


@dataclass(frozen=True, slots=True)
class Sample:
    """What a publication would rest on: how many conversations, from how many different days, places and observers.

    `busiest_…` is how many of the conversations that one gave.
    """

    n: int
    days: int
    places: int
    observers: int
    busiest_day: int
    busiest_place: int
    busiest_setting: int
    busiest_observer: int


class Shortfall(StrEnum):
    """Why there is not enough yet; never shown to staff."""

    CONVERSATIONS = "conversations"
    DAYS = "days"
    PLACES = "places"
    OBSERVERS = "observers"
    ONE_DAY = "one_day"
    ONE_PLACE = "one_place"
    ONE_SETTING = "one_setting"
    ONE_OBSERVER = "one_observer"


class PublishedWindow(TypedDict):
    """A publication on the wire; dates in ISO form, `bands` by the trait's word."""

    start: str
    end: str
    of: int
    bands: dict[str, int]


@dataclass(frozen=True, slots=True)
class Publication:
    """What staff see of a period: for each trait, in wire order, in which of `of` bands its share lies."""

    period: Period
    of: int
    bands: tuple[int, ...]

    def as_wire(self) -> PublishedWindow:
        """As the contract has it; beside it is published only whether it came by window or by term."""
        return {
            "start": self.period.first.isoformat(),
            "end": self.period.last.isoformat(),
            "of": self.of,
            "bands": {trait.word: j for trait, j in zip(TRAITS, self.bands, strict=True)},
        }


def rhythm(staff_size: int | None, observers: int) -> Rhythm:
    """When a school of so many staff is shown something.

    `observers` is how many people have recorded there this school year. A school that has not said how many staff it
    has is shown nothing. By term the observer is known to all, and the page says so.
    """
    if staff_size is None or staff_size < STAFF_FOR_TRENDS:
        return Rhythm.NEVER
    if staff_size < STAFF_FOR_WINDOWS or observers < RULES.observers:
        return Rhythm.BY_TERM
    return Rhythm.BY_WINDOW


def windows(year: SchoolYear) -> list[Period]:
    """The year's windows: two or four weeks each from its first day on, the last as short as the year leaves it."""
    length = timedelta(weeks=year.window_weeks)
    found, first = [], year.first
    while first <= year.last:
        found.append(Period(first, min(first + length - DAY, year.last)))
        first += length
    return found


def periods(year: SchoolYear, by: Rhythm) -> list[Period]:
    """The year as it is cut for this rhythm, in order; nothing for a school that is shown nothing."""
    if by is Rhythm.NEVER:
        return []
    return windows(year) if by is Rhythm.BY_WINDOW else [Period(term.first, term.last) for term in year.terms]


def closes_at(window: Period, zone: ZoneInfo) -> datetime:
    """The instant after which nothing changes what is published of a window: seven days after its end, at midnight."""
    return day_bounds(window.last + DAY + CLOSES_AFTER, zone)[0]


def due(year: SchoolYear, by: Rhythm, *, decided: date | None, zone: ZoneInfo, now: datetime) -> list[Period]:
    """The year's windows (or terms) that have closed and are still to be decided, in order.

    `decided` is the last day of the latest window ever decided, whatever became of it. A window that touches days
    already decided is left out for good, so that published windows never overlap, even where the school has changed
    its rhythm, its windows or its terms.
    """
    fresh = [period for period in periods(year, by) if decided is None or period.first > decided]
    return [period for period in fresh if closes_at(period, zone) <= now]


def sample(conversations: Iterable[Conversation]) -> Sample:
    """What these conversations come from."""
    heard = list(conversations)
    days = Counter(conversation.day for conversation in heard)
    places = Counter(conversation.place for conversation in heard)
    settings = Counter(conversation.setting for conversation in heard)
    observers = Counter(conversation.observer for conversation in heard)
    anybody = observers.pop(ANYBODY, 0)
    return Sample(
        n=len(heard),
        days=len(days),
        places=len(places),
        observers=len(observers) or min(anybody, 1),
        busiest_day=max(days.values(), default=0),
        busiest_place=max(places.values(), default=0),
        busiest_setting=max(settings.values(), default=0),
        busiest_observer=max(observers.values(), default=0) + anybody,
    )


def shortfalls(found: Sample, *, observers: int, rules: Rules = RULES) -> list[Shortfall]:
    """What is missing before this may be published; empty when it is enough.

    `observers` is how many people have recorded at the school this school year. Where it is only one, nothing is asked
    of observers: `rhythm` shows such a school its terms, and the page says that the observer is known.
    """
    missing = {
        Shortfall.CONVERSATIONS: found.n < rules.conversations,
        Shortfall.DAYS: found.days < rules.days,
        Shortfall.PLACES: found.places < rules.places,
        Shortfall.ONE_DAY: found.busiest_day > rules.day_share * found.n,
        Shortfall.ONE_PLACE: found.busiest_place > rules.place_share * found.n,
        Shortfall.ONE_SETTING: found.busiest_setting > rules.setting_share * found.n,
    }
    if observers >= RULES.observers:
        missing[Shortfall.OBSERVERS] = found.observers < rules.observers
        missing[Shortfall.ONE_OBSERVER] = found.busiest_observer > rules.observer_share * found.n
    return [shortfall for shortfall in Shortfall if missing.get(shortfall)]


def enough(found: Sample, *, observers: int, rules: Rules = RULES) -> bool:
    """Whether this may be published; as for `shortfalls`."""
    return not shortfalls(found, observers=observers, rules=rules)


def next_publication(
    waiting: Sequence[Gathered], closing: Gathered, *, observers: int, rules: Rules = RULES
) -> Publication | None:
    """What becomes of a window that closes: a publication of it, joined to those that wait; or None, and it waits too.

    `waiting` are the windows of the same school year decided since the last publication, in order. Each window is
    decided once, when it has closed; what still waits at the year's end is never published.

    Raises:
        ValueError: the windows overlap or are out of order.
    """
    joined = [*waiting, closing]
    for one, following in pairwise(joined):
        if following.window.first <= one.window.last:
            raise ValueError(f"the window from {following.window.first} does not follow {one.window.last}")
    conversations = [conversation for gathered in joined for conversation in gathered.conversations]
    if not enough(sample(conversations), observers=observers, rules=rules):
        return None
    return _told(Period(joined[0].window.first, closing.window.last), conversations)


def _told(period: Period, conversations: Sequence[Conversation]) -> Publication:
    n = len(conversations)
    heard = [sum(1 for conversation in conversations if conversation.heard & trait) for trait in TRAITS]
    return Publication(period, bands_for(n), tuple(band(times, n).j for times in heard))
