"""A school's plan of where to listen how often, and the periods of its day. Verbs work in the caller's transaction."""

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.culture.coverage import USUAL_PLAN, DayPeriod, Plan
from webapp.schools import models
from webapp.schools.models import CoveragePlan, School


def plan_of(session: Session, school: School) -> Plan:
    """The school's plan; the usual one, in the reader's language, where it has set none."""
    row = session.get(CoveragePlan, school.id)
    if row is None:
        usual = (DayPeriod(each.begins, each.ends, _(each.name)) for each in USUAL_PLAN.periods)
        return Plan(USUAL_PLAN.times, USUAL_PLAN.weeks, USUAL_PLAN.weekdays, tuple(usual))
    ours = models.DayPeriod.school_id == school.id
    periods = session.scalars(select(models.DayPeriod).where(ours).order_by(models.DayPeriod.begins))
    return Plan(
        times=row.times,
        weeks=row.weeks,
        weekdays=frozenset(day for day in range(1, 8) if row.weekdays >> (day - 1) & 1),
        periods=tuple(DayPeriod(each.begins, each.ends, each.name) for each in periods),
    )


def change(session: Session, school: School, plan: Plan) -> None:
    """Another plan; what was heard is counted by it from now on, also what was heard before."""
    row = session.get(CoveragePlan, school.id)
    if row is None:
        row = CoveragePlan(school_id=school.id)
        session.add(row)
    row.times, row.weeks = plan.times, plan.weeks
    row.weekdays = sum(1 << (day - 1) for day in plan.weekdays)
    session.flush()
    session.execute(delete(models.DayPeriod).where(models.DayPeriod.school_id == school.id))
    session.add_all(
        models.DayPeriod(school_id=school.id, begins=each.begins, ends=each.ends, name=each.name)
        for each in plan.periods
    )
    session.flush()
