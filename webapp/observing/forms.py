"""The form of one listen-in, as it works without JavaScript."""

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import StopValidation

from webapp.culture.vocabulary import TRAITS, GroupSize, Setting, Trait, trait_words
from webapp.extensions import new_id
from webapp.observing.changes import LARGEST_REVISION
from webapp.observing.models import Observation
from webapp.observing.verdicts import LONGEST_NOTE
from webapp.web.plain_text import plain_lines

MINUTES_AGO = ("5", "10", "20", "45")
WHEN = ("now", *MINUTES_AGO, "at")
TOLERATED = timedelta(minutes=1)
"""A browser's clock and ours differ a little; the minute that just begins there may not have begun here."""

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")


def _one_line_ends(text: str | None) -> str:
    # Browsers send CR LF and count LF.
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


class ListenForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What was heard, where and when. Knows the school's zone, the places it may name, and whether notes are on.

    Once it is valid, `heard_set`, `heard_at`, `place_id` and the like give what it says in the words of the code.
    """

    id = HiddenField()
    base = HiddenField()
    place = StringField()
    setting = StringField()
    heard = SelectMultipleField(choices=[], validate_choice=False)
    none = BooleanField()
    when = StringField(default="now")
    at = StringField()
    group_size = StringField()
    note = TextAreaField(filters=[_one_line_ends], validators=[plain_lines])

    def __init__(
        self,
        *args: Any,
        zone: ZoneInfo,
        now: datetime,
        offered: Collection[UUID],
        notes: bool,
        mended: Observation | None = None,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.zone = zone
        self.now = now
        self.offered = offered
        self.notes = notes
        self.mended = mended

    def validate_id(self, field: Field) -> None:
        if read_uuid(field.data) is None:
            field.data = str(new_id())
            raise StopValidation(_("This page did not arrive whole. Look through it, then save once more."))

    def validate_base(self, field: Field) -> None:
        said = field.data or ""
        if said and not (re.fullmatch(r"[0-9]{1,10}", said) and 1 <= int(said) <= LARGEST_REVISION):
            field.data = "" if self.mended is None else str(self.mended.revision)
            raise StopValidation(_("This page did not arrive whole. Look through it, then save once more."))

    def validate_place(self, field: Field) -> None:
        if not field.data:
            raise StopValidation(_("Choose a place."))
        if read_uuid(field.data) not in self.offered:
            raise StopValidation(_("That place is not listed here. Choose another."))

    def validate_setting(self, field: Field) -> None:
        _check_offered(field, set(Setting))

    def validate_heard(self, field: Field) -> None:
        said = field.data or []
        if not said and not self.none.data:
            raise StopValidation(_("Choose what you heard, or “None of these”."))
        if said and self.none.data:
            raise StopValidation(_("Choose either what you heard or “None of these”, not both."))
        if not {trait.word for trait in TRAITS} >= set(said):
            raise StopValidation(_("One of these is not a choice here. Choose again."))

    def validate_when(self, field: Field) -> None:
        field.data = field.data or "now"
        _check_offered(field, WHEN)

    def validate_at(self, field: Field) -> None:
        if not self._is_timed:
            return
        said = _local(field.data, self.zone)
        if said is None:
            raise StopValidation(_("Give the day and the time."))
        if said > self.now + TOLERATED:
            raise StopValidation(_("Choose a time that is past."))
        if said < EARLIEST:
            raise StopValidation(_("Choose a time since the year 2000."))

    def validate_group_size(self, field: Field) -> None:
        _check_offered(field, set(GroupSize))

    def validate_note(self, field: Field) -> None:
        if field.data and not self.notes:
            raise StopValidation(_("Your school keeps no notes. Empty this, then save."))
        if len(field.data) > LONGEST_NOTE:
            said = _(
                "A note has at most %(most)s characters; this one has %(n)s.", most=LONGEST_NOTE, n=len(field.data)
            )
            raise StopValidation(said)

    @property
    def observation_id(self) -> UUID:
        """The id that the page was given; saving twice is saving once (SYNC-4)."""
        return UUID(self.id.data)

    @property
    def revision(self) -> int | None:
        """The revision that the mending began from."""
        return int(self.base.data) if self.base.data else None

    @property
    def place_id(self) -> UUID:
        """The place."""
        return UUID(self.place.data)

    @property
    def chosen_setting(self) -> Setting | None:
        """The setting, or None when it follows from the place."""
        return Setting(self.setting.data) if self.setting.data else None

    @property
    def heard_set(self) -> Trait:
        """The traits heard; empty when none was."""
        return Trait.from_words(self.heard.data or [])

    @property
    def size(self) -> GroupSize | None:
        """How many were talking."""
        return GroupSize(self.group_size.data) if self.group_size.data else None

    def heard_at(self) -> tuple[datetime, str]:
        """When it was heard, and in words for the wire; mending keeps both while the form shows the same minute."""
        if self.mended is not None and self._is_timed and self.at.data == as_field(self.mended.observed_at, self.zone):
            return self.mended.observed_at, self.mended.said_at or self.mended.observed_at.isoformat()
        minutes = int(self.when.data) if self.when.data in MINUTES_AGO else 0
        at = (self._is_timed and _local(self.at.data, self.zone)) or self.now - timedelta(minutes=minutes)
        return at, at.astimezone(self.zone).isoformat(timespec="seconds")

    def tell_time_of(self, sent_at: datetime) -> None:
        """A form that is shown again later says the day and time that “just now” and “10 minutes ago” meant then."""
        if not self._is_timed and self.when.data in {"now", *MINUTES_AGO}:
            minutes = 0 if self.when.data == "now" else int(self.when.data)
            self.when.data, self.at.data = "at", as_field(sent_at - timedelta(minutes=minutes), self.zone)

    @property
    def _is_timed(self) -> bool:
        """Whoever types a time means it, also when “Just now” stands beside it; a mended one's time stood there."""
        return self.when.data == "at" or (self.when.data == "now" and self.mended is None and bool(self.at.data))


def filled(observation: Observation, zone: ZoneInfo) -> dict[str, Any]:
    """What the form shows of an observation that is to be mended."""
    return {
        "id": str(observation.id),
        "base": str(observation.revision),
        "place": str(observation.place_id),
        "setting": Setting.from_code(observation.setting_code).value,
        "heard": trait_words(observation.heard),
        "none": observation.heard == 0,
        "when": "at",
        "at": as_field(observation.observed_at, zone),
        "group_size": _size_word(observation.group_size_code),
        "note": observation.note,
    }


def as_field(at: datetime, zone: ZoneInfo) -> str:
    """An instant as a field for day and time shows it, in the school's zone."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def _size_word(code: int | None) -> str:
    return "" if code is None else GroupSize.from_code(code).value


def _check_offered(field: Field, offered: Collection[str]) -> None:
    if field.data and field.data not in offered:
        raise StopValidation(_("This is not a choice here. Choose again."))


def _local(text: str | None, zone: ZoneInfo) -> datetime | None:
    if not _AT.fullmatch(text or ""):
        return None
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_uuid(text: str | None) -> UUID | None:
    """The id that stands there; None when it is none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
