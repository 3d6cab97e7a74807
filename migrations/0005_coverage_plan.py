"""A school's plan of where to listen how often, and the periods of its day."""

import sqlalchemy as sa
from alembic import op

from webapp.extensions import Id

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coverage_plan",
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("times", sa.SmallInteger(), nullable=False),
        sa.Column("weeks", sa.SmallInteger(), nullable=False),
        sa.Column("weekdays", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("times BETWEEN 1 AND 20", name=op.f("ck_coverage_plan_times_in_range")),
        sa.CheckConstraint("weeks BETWEEN 1 AND 12", name=op.f("ck_coverage_plan_weeks_in_range")),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_coverage_plan_weekdays_of_seven")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_coverage_plan_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_coverage_plan")),
    )
    op.create_table(
        "day_period",
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("begins", sa.SmallInteger(), nullable=False),
        sa.Column("ends", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.CheckConstraint("0 <= begins AND begins < ends AND ends <= 1440", name=op.f("ck_day_period_within_the_day")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 30", name=op.f("ck_day_period_name_length")),
        sa.ForeignKeyConstraint(
            ["school_id"],
            ["coverage_plan.school_id"],
            name=op.f("fk_day_period_school_id_coverage_plan"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("school_id", "begins", name=op.f("pk_day_period")),
        sa.UniqueConstraint("school_id", "name", name=op.f("uq_day_period_school_id_name")),
        sa.UniqueConstraint("school_id", "ends", name=op.f("uq_day_period_school_id_ends")),
    )


def downgrade() -> None:
    op.drop_table("day_period")
    op.drop_table("coverage_plan")
