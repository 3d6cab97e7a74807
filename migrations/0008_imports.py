"""Files of past listen-ins: one that is being looked at, those brought in, and what came with each."""

import sqlalchemy as sa
from alembic import op

from webapp.extensions import Id, Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _upload()
    _import()
    _imported()


def downgrade() -> None:
    op.drop_table("imported")
    op.drop_table("import")
    op.drop_table("upload")


def _upload() -> None:
    op.create_table(
        "upload",
        sa.Column("id", Id(), nullable=False),
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("uploaded_at", Instant(), nullable=False),
        sa.CheckConstraint("length(file_name) BETWEEN 1 AND 200", name=op.f("ck_upload_file_name_length")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_upload_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_upload_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("school_id", "person_id", name=op.f("uq_upload_school_id_person_id")),
    )
    op.create_index("ix_upload_person_id", "upload", ["person_id"])


def _import() -> None:
    op.create_table(
        "import",
        sa.Column("id", Id(), nullable=False),
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("listen_ins", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("imported_at", Instant(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_import_days_in_order")),
        sa.CheckConstraint("length(file_name) BETWEEN 1 AND 200", name=op.f("ck_import_file_name_length")),
        sa.CheckConstraint("listen_ins > 0", name=op.f("ck_import_some_listen_ins")),
        sa.CheckConstraint("undone_at >= imported_at", name=op.f("ck_import_undone_later")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_import_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
    )
    op.create_index("ix_import_school_id", "import", ["school_id"])


def _imported() -> None:
    op.create_table(
        "imported",
        sa.Column("observation_id", Id(), nullable=False),
        sa.Column("import_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import.id"], name=op.f("fk_imported_import_id_import"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("observation_id", name=op.f("pk_imported")),
    )
    op.create_index("ix_imported_import_id", "imported", ["import_id"])
