"""What the team of a school decided to try."""

import sqlalchemy as sa
from alembic import op

from webapp.extensions import Id

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "next_step",
        sa.Column("id", Id(), nullable=False),
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("trait", sa.SmallInteger(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=300), nullable=True),
        sa.CheckConstraint("trait IN (1, 2, 4, 8, 16, 32, 64)", name=op.f("ck_next_step_trait_is_one_of_seven")),
        sa.CheckConstraint("length(what) BETWEEN 1 AND 200", name=op.f("ck_next_step_what_length")),
        sa.CheckConstraint("length(outcome) BETWEEN 1 AND 300", name=op.f("ck_next_step_outcome_length")),
        sa.CheckConstraint("begins <= ends", name=op.f("ck_next_step_days_in_order")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_next_step_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_next_step")),
        sa.UniqueConstraint("school_id", "trait", "begins", "what", name=op.f("uq_next_step_said_once")),
    )


def downgrade() -> None:
    op.drop_table("next_step")
