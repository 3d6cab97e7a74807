"""The first tables: people, districts and schools, observations, publications."""

import sqlalchemy as sa
from alembic import op

from webapp.extensions import Id, Instant

revision = "0001"
down_revision = None
branch_labels = ("default",)
depends_on = None

FROZEN = {
    "publication": "id = NEW.id OR school_id = NEW.school_id AND (number = NEW.number OR first_day = NEW.first_day)",
    "closing": "id = NEW.id OR school_id = NEW.school_id AND first_day = NEW.first_day",
}
"""Tables that only grow, and the row that an INSERT would replace."""


def upgrade() -> None:
    _person()
    _sign_in()
    _sign_in_link()
    _failed_sign_in()
    _district()
    _school()
    _school_year()
    _term()
    _place()
    _membership()
    _observation()
    _tombstone()
    _accepted_change()
    _publication()
    _closing()
    for table in FROZEN:
        _freeze(table)


def downgrade() -> None:
    for table in FROZEN:
        _thaw(table)
    op.drop_table("closing")
    op.drop_table("publication")
    op.drop_table("accepted_change")
    op.drop_table("tombstone")
    op.drop_table("observation")
    op.drop_table("membership")
    op.drop_table("place")
    op.drop_table("term")
    op.drop_table("school_year")
    op.drop_table("school")
    op.drop_table("district")
    op.drop_table("failed_sign_in")
    op.drop_table("sign_in_link")
    op.drop_table("sign_in")
    op.drop_table("person")


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", Id(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("deactivated_at", Instant(), nullable=True),
        sa.CheckConstraint("language IN ('en', 'es')", name=op.f("ck_person_language_is_known")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_is_lower_case")),
        sa.CheckConstraint("length(email) BETWEEN 3 AND 254", name=op.f("ck_person_email_length")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80", name=op.f("ck_person_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )


def _sign_in() -> None:
    op.create_table(
        "sign_in",
        sa.Column("id", Id(), nullable=False),
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("browser", sa.String(length=20), nullable=False),
        sa.Column("system", sa.String(length=20), nullable=False),
        sa.Column("by_link", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.CheckConstraint("length(secret_hash) = 32", name=op.f("ck_sign_in_secret_hash_is_sha256")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_sign_in_secret_hash")),
    )
    op.create_index("ix_sign_in_person_id", "sign_in", ["person_id"])


def _sign_in_link() -> None:
    op.create_table(
        "sign_in_link",
        sa.Column("id", Id(), nullable=False),
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.CheckConstraint("length(secret_hash) = 32", name=op.f("ck_sign_in_link_secret_hash_is_sha256")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_link_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_sign_in_link_secret_hash")),
    )
    op.create_index("ix_sign_in_link_person_id", "sign_in_link", ["person_id"])


def _failed_sign_in() -> None:
    op.create_table(
        "failed_sign_in",
        sa.Column("id", Id(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("failed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_in")),
    )
    op.create_index("ix_failed_sign_in_key_hash", "failed_sign_in", ["key_hash", "failed_at"])


def _district() -> None:
    op.create_table(
        "district",
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 120", name=op.f("ck_district_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
    )


def _school() -> None:
    op.create_table(
        "school",
        sa.Column("id", Id(), nullable=False),
        sa.Column("district_id", Id(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.SmallInteger(), nullable=False),
        sa.Column("staff_size", sa.SmallInteger(), nullable=True),
        sa.Column("notes_days", sa.SmallInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("setup_revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 120", name=op.f("ck_school_name_length")),
        sa.CheckConstraint("notes_days BETWEEN 1 AND 180", name=op.f("ck_school_notes_days_in_range")),
        sa.CheckConstraint("revision >= 0", name=op.f("ck_school_revision_not_negative")),
        sa.CheckConstraint("staff_size BETWEEN 1 AND 2000", name=op.f("ck_school_staff_size_in_range")),
        sa.CheckConstraint("week_start IN (1, 6, 7)", name=op.f("ck_school_week_starts_on_a_known_day")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_school_district_id_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school")),
    )
    op.create_index("ix_school_district_id", "school", ["district_id"])


def _school_year() -> None:
    op.create_table(
        "school_year",
        sa.Column("id", Id(), nullable=False),
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("window_weeks", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("first_day < last_day", name=op.f("ck_school_year_days_in_order")),
        sa.CheckConstraint("window_weeks IN (2, 4)", name=op.f("ck_school_year_window_weeks_two_or_four")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_school_year_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_year")),
        sa.UniqueConstraint("school_id", "first_day", name=op.f("uq_school_year_school_id_first_day")),
    )


def _term() -> None:
    op.create_table(
        "term",
        sa.Column("id", Id(), nullable=False),
        sa.Column("school_year_id", Id(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint("first_day < last_day", name=op.f("ck_term_days_in_order")),
        sa.ForeignKeyConstraint(
            ["school_year_id"], ["school_year.id"], name=op.f("fk_term_school_year_id_school_year"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("school_year_id", "first_day", name=op.f("uq_term_school_year_id_first_day")),
    )


def _place() -> None:
    op.create_table(
        "place",
        sa.Column("id", Id(), nullable=False),
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("floor", sa.SmallInteger(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("adults", sa.SmallInteger(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.CheckConstraint("adults >= 5", name=op.f("ck_place_used_by_five_adults")),
        sa.CheckConstraint("floor BETWEEN -5 AND 60", name=op.f("ck_place_floor_in_range")),
        sa.CheckConstraint("kind BETWEEN 0 AND 8", name=op.f("ck_place_kind_is_known")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name=op.f("ck_place_name_length")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_place_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("school_id", "id", name="uq_place_school_id_id"),
        sa.UniqueConstraint("school_id", "name", name=op.f("uq_place_school_id_name")),
    )


def _membership() -> None:
    op.create_table(
        "membership",
        sa.Column("id", Id(), nullable=False),
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("school_id", Id(), nullable=True),
        sa.Column("district_id", Id(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "(role = 'district_admin' AND school_id IS NULL AND district_id IS NOT NULL)"
            " OR (role IN ('admin', 'observer', 'staff') AND school_id IS NOT NULL AND district_id IS NULL)",
            name=op.f("ck_membership_role_fits"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_membership_district_id_district"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_membership_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("person_id", "district_id", name=op.f("uq_membership_person_id_district_id")),
        sa.UniqueConstraint("person_id", "school_id", name=op.f("uq_membership_person_id_school_id")),
    )
    op.create_index("ix_membership_school_id", "membership", ["school_id"])


def _observation() -> None:
    op.create_table(
        "observation",
        sa.Column("id", Id(), nullable=False),
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("observer_id", Id(), nullable=True),
        sa.Column("place_id", Id(), nullable=False),
        sa.Column("setting", sa.SmallInteger(), nullable=False),
        sa.Column("heard", sa.SmallInteger(), nullable=False),
        sa.Column("observed_at", Instant(), nullable=False),
        sa.Column("said_at", sa.String(length=40), nullable=False),
        sa.Column("skew", sa.Integer(), nullable=False),
        sa.Column("group_size", sa.SmallInteger(), nullable=True),
        sa.Column("note", sa.String(length=280), nullable=True),
        sa.Column("walkthrough", Id(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint("group_size BETWEEN 0 AND 2", name=op.f("ck_observation_group_size_is_known")),
        sa.CheckConstraint("heard BETWEEN 0 AND 127", name=op.f("ck_observation_heard_is_of_seven")),
        sa.CheckConstraint("length(note) BETWEEN 1 AND 280", name=op.f("ck_observation_note_length")),
        sa.CheckConstraint("note IS NULL OR observer_id IS NOT NULL", name=op.f("ck_observation_note_has_its_author")),
        sa.CheckConstraint("observed_at >= 0", name=op.f("ck_observation_observed_since_1970")),
        sa.CheckConstraint("revision > 0", name=op.f("ck_observation_revision_positive")),
        sa.CheckConstraint("setting BETWEEN 0 AND 5", name=op.f("ck_observation_setting_is_known")),
        sa.ForeignKeyConstraint(
            ["observer_id"], ["person.id"], name=op.f("fk_observation_observer_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "place_id"], ["place.school_id", "place.id"], name="fk_observation_place"
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_observation_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
        sa.UniqueConstraint("school_id", "revision", name=op.f("uq_observation_school_id_revision")),
    )
    op.create_index("ix_observation_observer", "observation", ["observer_id", "observed_at"])
    op.create_index("ix_observation_tally", "observation", ["school_id", "observed_at", "place_id", "setting", "heard"])


def _tombstone() -> None:
    op.create_table(
        "tombstone",
        sa.Column("id", Id(), nullable=False),
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("observer_id", Id(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("deleted_at", Instant(), nullable=False),
        sa.CheckConstraint("revision > 0", name=op.f("ck_tombstone_revision_positive")),
        sa.ForeignKeyConstraint(
            ["observer_id"], ["person.id"], name=op.f("fk_tombstone_observer_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_tombstone_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstone")),
        sa.UniqueConstraint("school_id", "revision", name=op.f("uq_tombstone_school_id_revision")),
    )


def _accepted_change() -> None:
    op.create_table(
        "accepted_change",
        sa.Column("observation_id", Id(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("school_id", Id(), nullable=False),
        sa.CheckConstraint("base >= 0", name=op.f("ck_accepted_change_base_not_negative")),
        sa.CheckConstraint("length(digest) = 16", name=op.f("ck_accepted_change_digest_is_128_bits")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_accepted_change_school_id_school"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("observation_id", "base", "digest", name=op.f("pk_accepted_change")),
    )
    op.create_index("ix_accepted_change_school_id", "accepted_change", ["school_id"])


def _publication() -> None:
    op.create_table(
        "publication",
        sa.Column("id", Id(), nullable=False),
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash_before", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_publication_days_in_order")),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_publication_hash_is_sha256")),
        sa.CheckConstraint("length(hash_before) = 32", name=op.f("ck_publication_hash_before_is_sha256")),
        sa.CheckConstraint("number > 0", name=op.f("ck_publication_number_positive")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_publication_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("school_id", "first_day", name=op.f("uq_publication_school_id_first_day")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_publication_school_id_number")),
    )


def _closing() -> None:
    op.create_table(
        "closing",
        sa.Column("id", Id(), nullable=False),
        sa.Column("school_id", Id(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.CheckConstraint("outcome IN ('published', 'waits')", name=op.f("ck_closing_outcome_is_known")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_closing_days_in_order")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_closing_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing")),
        sa.UniqueConstraint("school_id", "first_day", name=op.f("uq_closing_school_id_first_day")),
    )


def _freeze(table: str) -> None:
    """What was published is never changed and never deleted (PRIVACY-8)."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        # INSERT OR REPLACE deletes without asking the trigger above.
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {FROZEN[table]})"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {table}_is_frozen() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_frozen()"
    )


def _thaw(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}")
    else:
        op.execute(f"DROP TRIGGER {table}_frozen ON {table}")
        op.execute(f"DROP FUNCTION {table}_is_frozen()")
