"""The weeks of every school, counted along with each change; and who listened stands in the index of all counts."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from webapp.extensions import Id

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TRAITS = ("substantive", "evidence", "inquiry", "nondefensive", "personal", "knowledge", "action")
TALLY = ["school_id", "observed_at", "place_id", "setting", "heard"]


def upgrade() -> None:
    op.create_table(
        "school_week",
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        *(sa.Column(trait, sa.Integer(), nullable=False) for trait in TRAITS),
        sa.CheckConstraint("n >= 0", name=op.f("ck_school_week_n_not_negative")),
        *(
            sa.CheckConstraint(f"{trait} BETWEEN 0 AND n", name=op.f(f"ck_school_week_{trait}_within_n"))
            for trait in TRAITS
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_school_week_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("school_id", "monday", name=op.f("pk_school_week")),
    )
    op.drop_index("ix_observation_tally", table_name="observation")
    op.create_index("ix_observation_tally", "observation", [*TALLY, "observer_id"])
    _count()


def _count() -> None:
    """Counts what was heard before: by quarters of an hour, each of which lies on one day in every zone."""
    connection = op.get_bind()
    school = sa.table("school", sa.column("id", Id()), sa.column("timezone"), sa.column("week_start"))
    heard = sa.table("observation", *map(sa.column, ("observed_at", "heard")), sa.column("school_id", Id()))
    columns = (sa.column("school_id", Id()), sa.column("monday", sa.Date()), *map(sa.column, ("n", *TRAITS)))
    for school_id, zone, week_start in connection.execute(sa.select(*school.c)).all():
        quarter = (heard.c.observed_at - heard.c.observed_at % 900).label("quarter")
        asked = sa.select(quarter, heard.c.heard, sa.func.count()).where(heard.c.school_id == school_id)
        weeks: dict[date, list[int]] = defaultdict(lambda: [0] * (1 + len(TRAITS)))
        for second, traits, times in connection.execute(asked.group_by("quarter", "heard")):
            day = datetime.fromtimestamp(second, UTC).astimezone(ZoneInfo(zone)).date()
            week = weeks[day - timedelta(days=(day.isoweekday() - week_start) % 7 - (1 - week_start) % 7)]
            week[0] += times
            for at in range(len(TRAITS)):
                week[at + 1] += times if traits & 1 << at else 0
        rows = [(school_id, monday, *week) for monday, week in weeks.items()]
        if rows:
            into = sa.table("school_week", *columns)
            connection.execute(sa.insert(into), [dict(zip(into.c.keys(), row, strict=True)) for row in rows])


def downgrade() -> None:
    op.drop_index("ix_observation_tally", table_name="observation")
    op.create_index("ix_observation_tally", "observation", TALLY)
    op.drop_table("school_week")
