"""A new observation is remembered in its own row; what was remembered before stays where it is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "observation",
        sa.Column(
            "digest",
            sa.LargeBinary(length=16),
            sa.CheckConstraint("length(digest) = 16", name=op.f("ck_observation_digest_is_128_bits")),
            nullable=True,
        ),
    )


def downgrade() -> None:
    op.execute(
        "INSERT INTO accepted_change (observation_id, base, digest, revision, school_id)"
        " SELECT id, 0, digest, revision, school_id FROM observation WHERE digest IS NOT NULL"
    )
    with op.batch_alter_table("observation") as table:
        table.drop_constraint(op.f("ck_observation_digest_is_128_bits"), type_="check")
        table.drop_column("digest")
