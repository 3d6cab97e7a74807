"""What the page of change says in sentences: one for each chart, one for each next step, each with its uncertainty."""

from collections.abc import Sequence
from datetime import date

from babel.dates import format_skeleton
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from webapp.culture.charting import USUAL_PERIODS, Sign
from webapp.culture.comparing import Difference
from webapp.culture.school_time import Period
from webapp.culture.tally import ENOUGH_FOR_COLOUR, Interval
from webapp.heatmap.change import Every, Measured, Series, Story, Tried
from webapp.heatmap.grid import week_name


def reading(series: Series, periods: Sequence[Period], every: Every) -> str:
    """What a chart says, in one sentence."""
    whole = series.whole
    if whole.tally.n < ENOUGH_FOR_COLOUR:
        return str(_("Heard in %(heard)s of %(n)s, which is too few to say how it usually is.", **_counts(whole)))
    if series.story is not None:
        return _moved(series, series.story, periods, every)
    said = {"rate": _rate(whole), "n": whole.tally.n, "likely": _likely(whole.likely, whole.effect)}
    listened = sum(point.tally.n > 0 for point in series.chart.points)
    if series.chart.usual is None:
        so_far = (
            _("%(n)s of %(enough)s weeks", n=listened, enough=USUAL_PERIODS)
            if every is Every.WEEK
            else _("%(n)s of %(enough)s months", n=listened, enough=USUAL_PERIODS)
        )
        return str(
            _(
                "Heard in %(rate)s %% of %(n)s, in all conversations %(likely)s; there is too little yet to tell a "
                "change from chance: %(so_far)s.",
                **said,
                so_far=so_far,
            )
        )
    return str(
        _(
            "Heard in %(rate)s %% of %(n)s, in all conversations %(likely)s; it has moved no further than chance "
            "explains.",
            **said,
        )
    )


def followed(tried: Tried) -> str:
    """What followed a next step, in one sentence."""
    now, before = tried.now, tried.before
    if not tried.weeks:
        return str(_("It was tried for less than a week, so there is nothing to compare yet."))
    weeks = ngettext("%(num)s week", "%(num)s weeks", tried.weeks)
    apart = now.less(before)
    if apart is None or min(now.tally.n, before.tally.n) < ENOUGH_FOR_COLOUR:
        return str(
            _(
                "In %(weeks)s from that day on heard in %(heard)s of %(n)s, in as many before in %(heard_before)s of "
                "%(n_before)s: too few to compare.",
                weeks=weeks,
                heard_before=before.tally.heard,
                n_before=before.tally.n,
                **_counts(now),
            )
        )
    return _before_and_after(apart, weeks, now, before)


def period_name(period: Period, every: Every, today: date) -> str:
    """A week by its first day, or a month, for the rows of a table."""
    if every is Every.WEEK:
        return week_name(period.first, today)
    return str(format_skeleton("yMMM", period.first, locale=get_locale()))


def points(share: float) -> str:
    """A difference of rates as people say it: in points, with its sign."""
    return f"{round(100 * share):+d}".replace("-", "−")


def in_percent(limits: Interval) -> str:
    """From where to where, in per cent."""
    return str(_("%(low)s to %(high)s %%", **_ends(limits)))


def _before_and_after(apart: Difference, weeks: str, now: Measured, before: Measured) -> str:
    said = {
        "weeks": weeks,
        "rate": _rate(now),
        "n": now.tally.n,
        "rate_before": _rate(before),
        "n_before": before.tally.n,
        "points": points(apart.value),
        "likely": _apart(apart, max(now.effect, before.effect)),
    }
    if apart.change is None:
        return str(
            _(
                "In %(weeks)s from that day on heard in %(rate)s %% of %(n)s, in as many before in %(rate_before)s %% "
                "of %(n_before)s: %(points)s points, which may be chance, %(likely)s.",
                **said,
            )
        )
    return str(
        _(
            "In %(weeks)s from that day on heard in %(rate)s %% of %(n)s, in as many before in %(rate_before)s %% of "
            "%(n_before)s: %(points)s points, %(likely)s; worth a look, no proof.",
            **said,
        )
    )


def _moved(series: Series, story: Story, periods: Sequence[Period], every: Every) -> str:
    apart = story.now.less(story.before)
    assert apart is not None, "what is usual has been listened to"
    said = {
        **_counts(story.now),
        "rate": _rate(story.now),
        "usual": _rate(story.before),
        "points": points(apart.value),
        "likely": _apart(apart, max(story.now.effect, story.before.effect)),
        "first": _when(periods[story.first], every),
        "last": _when(periods[story.seen], every),
    }
    if story.sign is Sign.POINT:
        return _one_stands_out(story, said)
    latest = max(place for place, point in enumerate(series.chart.points) if point.tally.n)
    if story.sign is Sign.RUN or story.seen == latest:
        return str(
            _(
                "Since %(first)s heard in %(rate)s %%, before that in %(usual)s %%: a change by %(points)s points, "
                "%(likely)s; worth a look, no proof.",
                **said,
            )
        )
    return str(
        _(
            "From %(first)s to %(last)s heard in %(rate)s %%, before that in %(usual)s %%: a change by %(points)s "
            "points, %(likely)s; worth a look, no proof.",
            **said,
        )
    )


def _one_stands_out(story: Story, said: dict[str, object]) -> str:
    if story.times == 1:
        return str(
            _(
                "In %(last)s heard in %(heard)s of %(n)s, usually in %(usual)s %%: further off than chance explains, "
                "by %(points)s points, %(likely)s; worth a look, no proof.",
                **said,
            )
        )
    return str(
        _(
            "Further off than chance explains %(times)s times, last in %(last)s, heard in %(heard)s of %(n)s, usually "
            "in %(usual)s %%: %(points)s points, %(likely)s; worth a look, no proof.",
            times=story.times,
            **said,
        )
    )


def _likely(limits: Interval, effect: float) -> str:
    if effect > 1:
        return str(
            _("likely between %(low)s and %(high)s %%, wide because one day gives over a third", **_ends(limits))
        )
    return str(_("likely between %(low)s and %(high)s %%", **_ends(limits)))


def _apart(apart: Difference, effect: float) -> str:
    ends = {"low": points(apart.low), "high": points(apart.high)}
    if effect > 1:
        return str(_("likely between %(low)s and %(high)s, wide because one day gives over a third", **ends))
    return str(_("likely between %(low)s and %(high)s", **ends))


def _when(period: Period, every: Every) -> str:
    """A week or a month as it stands in a sentence."""
    if every is Every.WEEK:
        return str(_("the week of %(day)s", day=format_skeleton("MMMMd", period.first, locale=get_locale())))
    return str(format_skeleton("yMMMM", period.first, locale=get_locale()))


def _ends(limits: Interval) -> dict[str, int]:
    return {"low": _percent(limits.low), "high": _percent(limits.high)}


def _counts(measured: Measured) -> dict[str, int]:
    return {"heard": measured.tally.heard, "n": measured.tally.n}


def _rate(measured: Measured) -> int:
    return _percent(measured.tally.rate or 0.0)


def _percent(share: float) -> int:
    # Half-way goes up.
    return int(100 * share + 0.5)
