"""How often each trait was heard over time: seven charts of weeks or months, and what followed each next step."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import sqrt
from typing import Any, Final, Self

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp.culture import charting
from webapp.culture.charting import Chart, Sign, Signal
from webapp.culture.comparing import Difference, difference
from webapp.culture.sampling import alikeness, design_effect, widened
from webapp.culture.school_time import DAY, Period, local_date, this_week
from webapp.culture.tally import NOTHING, Z_95, Interval, Tally
from webapp.culture.vocabulary import TRAITS, Trait
from webapp.heatmap.control_chart import Drawing, drawing
from webapp.heatmap.grid import dates_in_words, lopsided_in_words
from webapp.heatmap.view import Preset, View
from webapp.observing import tallies
from webapp.observing.only import Only
from webapp.observing.tallies import Sample, Tallies
from webapp.schools import next_steps, places
from webapp.schools.models import NextStep, School

MOST_PERIODS: Final = 120
"""More cannot be told apart on a phone; the latest are shown."""

MOST_WEEKS_AROUND: Final = 12
"""So many weeks before and after a next step are held against each other, at most."""

ANOTHER_PAGES = ("rows", "compare", "cell")
WEEK: Final = timedelta(weeks=1)


class Every(StrEnum):
    """How long a period of a chart is."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What a reader wants to see over time: `seen` says when and of what only, as on the map."""

    seen: View
    every: Every
    problems: Mapping[str, str]
    # As the map's choices ask for it: none of its rows, and nothing compared with.
    by: None = None
    against: None = None

    @classmethod
    def read(cls, said: Mapping[str, str], **known: Any) -> Self:
        """The view that the address' parts ask for: `every` and those of the map, with all `known` of its calendar.

        Never of a group of observers: in a single week such a group may be one person.
        """
        seen = View.read({name: said[name] for name in said if name not in ANOTHER_PAGES}, usual=Preset.YEAR, **known)
        if said.get("observers"):
            seen = seen.without_observers(
                _("Over time all who listened are shown together: in a single week, a group may be one person.")
            )
        every, problems = said.get("every") or Every.WEEK, dict(seen.problems)
        if every not in set(Every):
            problems["every"] = _("The charts can be drawn by week or by month. They are drawn by week.")
            every = Every.WEEK
        return cls(seen, Every(every), problems)

    @property
    def preset(self) -> Preset:
        return self.seen.preset

    @property
    def period(self) -> Period:
        return self.seen.period

    @property
    def typed(self) -> tuple[str, str]:
        return self.seen.typed

    @property
    def only(self) -> Only:
        return self.seen.only

    def address(self, **changed: str | None) -> dict[str, str]:
        """The parts of an address that lead to this view, with some changed."""
        return self.seen.address(**{"rows": None, "every": self.every, **changed})

    def around(self, day: date, week_start: int) -> Period:
        """The whole week or month that a day lies in."""
        if self.every is Every.WEEK:
            return this_week(day, week_start)
        return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


@dataclass(frozen=True, slots=True)
class Measured:
    """What was heard on some days, and how many times as wide its variance is because one of them gives so much."""

    tally: Tally
    effect: float

    @property
    def likely(self) -> Interval:
        """Where the share of all conversations likely lies."""
        return widened(self.tally, self.effect)

    def less(self, before: "Measured") -> Difference | None:
        """By how much its rate differs, as wide as the busier of both asks for; None where nobody listened in one."""
        return difference(self.tally, before.tally, z=Z_95 * sqrt(max(self.effect, before.effect)))


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard day by day; `alike` tells of a trait how alike the conversations of one day are."""

    days: Mapping[date, Tallies]
    alike: Callable[[Trait], float]

    def of(self, trait: Trait, periods: Iterable[Period]) -> Measured:
        """All that was heard of a trait in these periods."""
        order, within = TRAITS.index(trait), tuple(periods)
        found = [heard[order] for day, heard in self.days.items() if any(day in period for period in within)]
        sizes = [tally.n for tally in found]
        # How alike they are need not be asked where no day gives too much.
        effect = design_effect(sizes, alike=self.alike(trait)) if is_busy(sizes) else 1.0
        return Measured(sum(found, NOTHING), effect)


@dataclass(frozen=True, slots=True)
class Story:
    """What is worth a look: periods `first` to `seen` against what is usual; how many stand out by themselves."""

    sign: Sign
    first: int
    seen: int
    now: Measured
    before: Measured
    times: int = 1


@dataclass(frozen=True, slots=True)
class Tried:
    """A next step under its number: what was heard in so many weeks from its first day on, and in as many before."""

    number: int
    step: NextStep
    weeks: int
    now: Measured
    before: Measured
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Series:
    """A trait over time."""

    trait: Trait
    chart: Chart
    whole: Measured
    story: Story | None
    tried: tuple[Tried, ...]
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class Changes:
    """The charts of a view; `ever` are all the days on which somebody has listened, `is_cut` that there are more."""

    view: ChangeView
    dates: str
    periods: tuple[Period, ...]
    is_cut: bool
    series: tuple[Series, ...]
    sample: Sample
    lopsided: str | None
    busy_day: date | None
    ever: Period | None
    has_steps: bool

    @property
    def listened(self) -> int:
        """In how many periods somebody has listened."""
        return sum(point.tally.n > 0 for point in self.series[0].chart.points) if self.series else 0


def draw(session: Session, school: School, view: ChangeView, now: datetime) -> Changes:
    """The charts that this view asks for, as of now."""
    today, steps = local_date(now, school.zone), next_steps.all_of(session, school)
    shown = view.seen.so_far(today)
    begun = [step for step in steps if step.begins in shown and step.begins <= today]
    heard = Heard(
        tallies.by_day(session, school, _looked_at(shown, begun, today), view.only), _days_alike(session, school)
    )
    inside = Heard({day: each for day, each in heard.days.items() if day in shown}, heard.alike)
    every = _cut(view, sorted(inside.days), min(shown.last, today), school.week_start)
    periods = every[-MOST_PERIODS:]
    sample = tallies.sample(session, school, shown, view.only)
    numbered = [_tried(heard, number, step, today) for number, step in enumerate(begun, 1)]
    names = {str(place.id): place.name for place in places.all_of(session, school)}
    day = sample.busiest_day
    return Changes(
        view=view,
        dates=dates_in_words(shown),
        periods=periods,
        is_cut=len(periods) < len(every),
        series=tuple(_series(inside, trait, periods, numbered) for trait in TRAITS) if periods else (),
        sample=sample,
        lopsided=lopsided_in_words(sample, names, view.only),
        busy_day=day[0] if day and is_busy([day[1], *[1] * (sample.n - day[1])]) else None,
        ever=tallies.listened(session, school),
        has_steps=bool(steps),
    )


def is_busy(sizes: Sequence[int]) -> bool:
    """Whether one of these days gives so much that intervals widen, if conversations of a day are alike at all."""
    return design_effect(sizes, alike=1.0) > 1.0


def _days_alike(session: Session, school: School) -> Callable[[Trait], float]:
    """How alike a trait's conversations of one day are, by all days of the school; counted when it is first asked."""
    known: list[Tallies] = []

    def alike(trait: Trait) -> float:
        if not known:
            known.extend(tallies.by_day(session, school, None).values())
        return alikeness([day[TRAITS.index(trait)] for day in known])

    return alike


def _looked_at(shown: Period, begun: Sequence[NextStep], today: date) -> Period:
    """The days shown, and those before and after the next steps that began in them."""
    around = [_around(step, today) for step in begun]
    first = min([shown.first, *(before.first for before, _after in around if before)])
    return Period(first, max([shown.last, *(after.last for _before, after in around if after)]))


def _around(step: NextStep, today: date) -> tuple[Period | None, Period | None]:
    """As many whole weeks before its first day as there were from then on, until today or its end; at most 12."""
    weeks = _weeks_of(step, today)
    if not weeks:
        return None, None
    return Period(step.begins - weeks * WEEK, step.begins - DAY), Period(step.begins, step.begins + weeks * WEEK - DAY)


def _weeks_of(step: NextStep, today: date) -> int:
    last = min(today, step.ends or today)
    return max(0, min(MOST_WEEKS_AROUND, ((last - step.begins).days + 1) // 7))


def _tried(heard: Heard, number: int, step: NextStep, today: date) -> Tried:
    before, after = (heard.of(step.trait, [period] if period else []) for period in _around(step, today))
    return Tried(number, step, _weeks_of(step, today), after, before, next_steps.is_asked(step, today))


def _cut(view: ChangeView, days: Sequence[date], until: date, week_start: int) -> tuple[Period, ...]:
    """Whole weeks or months from the first day listened to until the last of all; none where nobody has listened."""
    if not days:
        return ()
    found = [view.around(days[0], week_start)]
    while found[-1].last < max(days[-1], until):
        found.append(view.around(found[-1].last + DAY, week_start))
    return tuple(found)


def _series(heard: Heard, trait: Trait, periods: Sequence[Period], numbered: Sequence[Tried]) -> Series:
    chart = charting.chart(_columns(heard, trait, periods))
    story = _story(heard, trait, chart, periods)
    tried = tuple(each for each in numbered if each.step.trait is trait)
    rate = story.now.tally.rate if story and story.sign is not Sign.POINT else None
    return Series(
        trait=trait,
        chart=chart,
        whole=heard.of(trait, _spans(periods, 0, len(periods))),
        story=story,
        tried=tried,
        drawing=drawing(
            chart,
            periods,
            marks=[(each.number, each.step.begins) for each in tried],
            moved=(story.first, story.seen, rate) if story and rate is not None else None,
        ),
    )


def _columns(heard: Heard, trait: Trait, periods: Sequence[Period]) -> list[Tally]:
    """The tally of each period."""
    order, found = TRAITS.index(trait), [NOTHING] * len(periods)
    for day, each in heard.days.items():
        if day >= periods[0].first:
            found[bisect_right(periods, day, key=lambda period: period.first) - 1] += each[order]
    return found


def _story(heard: Heard, trait: Trait, chart: Chart, periods: Sequence[Period]) -> Story | None:
    """What is told of a chart's signals: its last drift, else its run, else the last period that stands out."""
    by_sign = {sign: [signal for signal in chart.signals if signal.sign is sign] for sign in Sign}
    first = _begun(by_sign[Sign.DRIFT], chart)
    # Where one period made all of a drift, it is told as that period, which lies beyond its limits then.
    drifts = by_sign[Sign.DRIFT] if first is not None and first < by_sign[Sign.DRIFT][-1].seen else []
    told = drifts or by_sign[Sign.RUN] or by_sign[Sign.POINT] or by_sign[Sign.DRIFT]
    if not told:
        return None
    last = told[-1]
    first = first if drifts and first is not None else last.first
    known = charting.usual_until([point.tally for point in chart.points])
    usual = (*_spans(periods, 0, min(known or first, first)), *_spans(periods, last.seen + 1, known or 0))
    now = heard.of(trait, _spans(periods, first, last.seen + 1))
    return Story(last.sign, first, last.seen, now, heard.of(trait, usual), len(told))


def _begun(drifts: Sequence[Signal], chart: Chart) -> int | None:
    """Where the last drift began, with those of its direction just before it: each begins anew once it is seen."""
    if not drifts:
        return None
    first = drifts[-1].first
    for drift in reversed(drifts[:-1]):
        between = chart.points[drift.seen + 1 : first]
        if drift.change is not drifts[-1].change or any(point.tally.n for point in between):
            break
        first = drift.first
    return first


def _spans(periods: Sequence[Period], first: int, end: int) -> tuple[Period, ...]:
    """The days of the periods from `first` until before `end`, which follow one another; none where there are none."""
    return (Period(periods[first].first, periods[end - 1].last),) if first < end else ()
