"""What the page of coverage says in sentences: how a place stands, how the whole does, how even the listening was."""

from dataclasses import dataclass

from babel.dates import format_skeleton
from flask_babel import format_date, get_locale, ngettext
from flask_babel import gettext as _

from webapp.culture.coverage import Standing
from webapp.culture.sampling import Part
from webapp.culture.tally import ENOUGH_FOR_COLOUR
from webapp.heatmap.coverage import Coverage, PlaceCoverage


@dataclass(frozen=True, slots=True)
class Share:
    """What the busiest observer, place or day gives, as a sentence; and whether it is over half."""

    sentence: str
    is_much: bool


def silence(each: PlaceCoverage, coverage: Coverage) -> str:
    """How long nobody was in a place."""
    if each.last is None:
        return str(_("Nobody there yet this school year"))
    if each.quiet.weeks:
        return str(ngettext("Nobody there for %(num)s week", "Nobody there for %(num)s weeks", each.quiet.weeks))
    if each.last == coverage.today:
        return str(_("Somebody was there today"))
    return str(_("Last listened to on %(day)s", day=_day(each)))


def summary(coverage: Coverage) -> str:
    """How the places stand by the plan."""
    span = ngettext("%(num)s week", "%(num)s weeks", coverage.plan.weeks)
    standings = {each.quiet.standing for each in coverage.places if not each.place.archived}
    if coverage.due:
        return str(
            ngettext(
                "%(num)s of %(all)s places is due: not listened to as often as planned in the last %(span)s.",
                "%(num)s of %(all)s places are due: not listened to as often as planned in the last %(span)s.",
                coverage.due,
                all=coverage.offered,
                span=span,
            )
        )
    if Standing.OPEN in standings:
        return str(_("No place is due yet: the school year is younger than the %(span)s of the plan.", span=span))
    return str(_("Every place was listened to as often as planned in the last %(span)s.", span=span))


def shares(coverage: Coverage) -> list[Share]:
    """How much comes from one person (who is never named), one place and one day; nothing where it is a handful."""
    sample = coverage.sample
    if sample.n < ENOUGH_FOR_COLOUR:
        return []
    names = {each.place.id: each.place.name for each in coverage.places}
    found = []
    if sample.busiest_observer:
        sentence = _("%(share)s %% come from one person.", share=_of(coverage, Part.OBSERVER))
        found.append((Part.OBSERVER, sentence))
    if sample.busiest_place:
        place = names[sample.busiest_place[0]]
        sentence = _("%(share)s %% come from one place, %(place)s.", share=_of(coverage, Part.PLACE), place=place)
        found.append((Part.PLACE, sentence))
    if sample.busiest_day:
        day = format_date(sample.busiest_day[0], "long")
        found.append((Part.DAY, _("%(share)s %% come from one day, %(day)s.", share=_of(coverage, Part.DAY), day=day)))
    return [Share(str(sentence), part in coverage.lopsided) for part, sentence in found]


def _of(coverage: Coverage, part: Part) -> int:
    return int(100 * coverage.busiest[part] / coverage.sample.n + 0.5)


def _day(each: PlaceCoverage) -> str:
    return str(format_skeleton("MMMMd", each.last, locale=get_locale()))
