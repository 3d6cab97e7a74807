"""Places that were merged into another, and up to where deletions may be forgotten."""

import sqlalchemy as sa
from alembic import op

from webapp.extensions import Id, Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A table of its own: SQLite adds no key of two columns, which proves that both are of one school, to a table
    # that is there.
    op.create_table(
        "merged_place",
        sa.Column("place_id", Id(), nullable=False),
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("into_id", Id(), nullable=False),
        sa.Column("merged_at", Instant(), nullable=False),
        sa.CheckConstraint("place_id <> into_id", name=op.f("ck_merged_place_into_another")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_merged_place_school_id_school"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "place_id"], ["place.school_id", "place.id"], name="fk_merged_place_place"
        ),
        sa.ForeignKeyConstraint(["school_id", "into_id"], ["place.school_id", "place.id"], name="fk_merged_place_into"),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_merged_place")),
    )
    op.create_index(op.f("ix_merged_place_school_id"), "merged_place", ["school_id"])
    op.add_column(
        "school",
        sa.Column(
            "pruned_to",
            sa.Integer(),
            sa.CheckConstraint("pruned_to >= 0", name=op.f("ck_school_pruned_to_not_negative")),
            nullable=False,
            server_default="0",
        ),
    )


def downgrade() -> None:
    op.drop_column("school", "pruned_to")
    op.drop_index(op.f("ix_merged_place_school_id"), table_name="merged_place")
    op.drop_table("merged_place")
