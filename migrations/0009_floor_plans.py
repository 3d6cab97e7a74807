"""Plans of a school's floors, and where on them its places lie."""

import sqlalchemy as sa
from alembic import op

from webapp.extensions import Id

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_floor_plan()
    _add_zone()


def _add_floor_plan() -> None:
    op.create_table(
        "floor_plan",
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("floor", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("height", sa.SmallInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("floor BETWEEN -5 AND 60", name=op.f("ck_floor_plan_floor_in_range")),
        sa.CheckConstraint(
            "media_type IN ('image/webp', 'image/svg+xml')", name=op.f("ck_floor_plan_media_type_is_known")
        ),
        sa.CheckConstraint(
            "width BETWEEN 1 AND 2000 AND height BETWEEN 1 AND 2000", name=op.f("ck_floor_plan_size_in_range")
        ),
        sa.CheckConstraint("length(content) BETWEEN 1 AND 4194304", name=op.f("ck_floor_plan_content_length")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_floor_plan_digest_length")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_floor_plan_revision_positive")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_floor_plan_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("school_id", "floor", name=op.f("pk_floor_plan")),
    )


def _add_zone() -> None:
    op.create_table(
        "zone",
        sa.Column("place_id", Id(), nullable=False),
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("floor", sa.SmallInteger(), nullable=False),
        sa.Column("x", sa.SmallInteger(), nullable=False),
        sa.Column("y", sa.SmallInteger(), nullable=False),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("height", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("x >= 0 AND width >= 20 AND x + width <= 1000", name=op.f("ck_zone_within_the_width")),
        sa.CheckConstraint("y >= 0 AND height >= 20 AND y + height <= 1000", name=op.f("ck_zone_within_the_height")),
        sa.ForeignKeyConstraint(
            ["school_id", "floor"],
            ["floor_plan.school_id", "floor_plan.floor"],
            name="fk_zone_floor_plan",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "place_id"], ["place.school_id", "place.id"], name="fk_zone_place", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_zone")),
    )
    op.create_index("ix_zone_school_id_floor", "zone", ["school_id", "floor"])


def downgrade() -> None:
    op.drop_table("zone")
    op.drop_table("floor_plan")
