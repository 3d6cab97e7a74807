"""Forms of a floor's plan: the file, and where on it the places lie."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, Form
from wtforms.widgets import TextInput

from webapp.schools.drawings import MOST_BYTES, Drawing, Refusal, RefusedError, drawn
from webapp.schools.fields import WholeNumber, within
from webapp.schools.floor_plans import WHOLE, Area
from webapp.schools.models import LEAST_SIDE, Place

SIDES: Final = ("x", "y", "width", "height")


class PictureForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A file with the plan; of a PDF, one of its pages."""

    page = WholeNumber(
        _l("Which page of a PDF"),
        validators=[within(1, 9999, _l("Type the number of a page, such as 1."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "short"},
    )
    picture = FileField(
        _l("The file"),
        render_kw={"accept": "image/png,image/jpeg,image/svg+xml,application/pdf,.png,.jpg,.jpeg,.svg,.pdf"},
    )

    drawing: Drawing | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        """WTForms' own validation, then what the file is."""
        if not super().validate(extra_validators):
            return False
        file = self.picture.data
        if file is None:
            self.picture.errors = [_("Choose a file.")]
            return False
        try:
            self.drawing = drawn(file.read(MOST_BYTES + 1), self.page.data or 1)
        except RefusedError as error:
            field = self.page if error.why is Refusal.NO_SUCH_PAGE else self.picture
            field.errors = [refused(error.why)]
            return False
        return True


class Share(Field):
    """Per cent of a plan, with one digit after the point; None where nothing was typed."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        said = valuelist[0].strip().removesuffix("%").strip().replace(",", ".") if valuelist else ""
        self.data = None
        if not said:
            return
        plain = said.replace(".", "", 1)
        if not (plain.isascii() and plain.isdigit() and len(said) <= 8):  # noqa: PLR2004
            raise ValueError(_("Type a number from 0 to 100, such as 12.5."))
        self.data = round(float(said) * WHOLE / 100)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data * 100 / WHOLE:g}"


class ZoneForm(Form):
    """Where a place lies, in per cent of the plan; all four empty where it has no zone."""

    x = Share(_l("From the left, %"))
    y = Share(_l("From the top, %"))
    width = Share(_l("Wide, %"))
    height = Share(_l("High, %"))

    area: Area | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        """WTForms' own validation, then whether the four are an area of a plan, which is kept in `area`."""
        fields = [self[side] for side in SIDES]
        if not super().validate(extra_validators):
            return False
        missing = [field for field in fields if field.data is None]
        for field in missing if len(missing) < len(SIDES) else ():
            field.errors = [_("Fill in all four, or none.")]
        if missing:
            return len(missing) == len(SIDES)
        for begins, length in ((self.x, self.width), (self.y, self.height)):
            _mind_edge(begins.data, length)
        if any(field.errors for field in fields):
            return False
        self.area = Area(*(field.data for field in fields))
        return True


def _mind_edge(begins: int, length: Field) -> None:
    if length.data < LEAST_SIDE:
        length.errors = [_("A zone is at least 2 % wide and high.")]
    elif begins + length.data > WHOLE:
        length.errors = [_("This goes beyond the edge of the plan. Make it smaller, or move it.")]


class ZonesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The zones of a floor's places, and of which state of the plan they were drawn."""

    revision = WholeNumber()

    @classmethod
    def of(cls, on_floor: Sequence[Place], areas: Mapping[uuid.UUID, Area], revision: int, said: Any) -> "ZonesForm":
        """The form as the zones are stored, or as they are `said` to be."""
        form = cls(revision=revision)
        form.lines = [
            (place, ZoneForm(formdata=said, obj=areas.get(place.id), prefix=str(place.id))) for place in on_floor
        ]
        return form

    lines: list[tuple[Place, ZoneForm]]

    def validate(self, extra_validators: Any = None) -> bool:
        """All of them, so that all that is wrong is told at once."""
        fine = [line.validate() for _place, line in self.lines]
        return bool(super().validate(extra_validators)) and all(fine)

    @property
    def areas(self) -> dict[uuid.UUID, Area | None]:
        """The zones, once the form is valid."""
        return {place.id: line.area for place, line in self.lines}


def refused(why: Refusal) -> str:
    """Why a file was refused, and what to do."""
    words = {
        Refusal.EMPTY: _("This file is empty. Choose another one."),
        Refusal.UNKNOWN: _("This is no PNG, JPEG, SVG or PDF, whatever its name says. Save the plan as one of these."),
        Refusal.BROKEN: _(
            "This file is broken or not finished. Open it in the program it came from, and save it anew."
        ),
        Refusal.TOO_LARGE: _("This file is larger than 10 MB. Save the plan smaller, or as a JPEG."),
        Refusal.TOO_MANY_PIXELS: _("This picture has more than 40 million pixels. Save it smaller."),
        Refusal.TOO_SMALL: _("This picture is too small to be a plan. Choose one of at least 20 pixels a side."),
        Refusal.TOO_MUCH: _(
            "This file holds more than a plan needs, and is not taken. Save the plan as a PNG instead."
        ),
        Refusal.NOTHING_TO_SEE: _(
            "Nothing of this SVG can be shown: it has no shapes or no size. Save the plan as a PNG."
        ),
        Refusal.LOCKED: _("This PDF asks for a password. Save it without one."),
        Refusal.NO_SUCH_PAGE: _("The PDF has no such page. Type the number of one that it has."),
    }
    return str(words[why])
