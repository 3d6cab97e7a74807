"""`/school/listen-ins/import`: past listen-ins from a CSV file: the file, its columns, its words, a look, and undo."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from webapp.extensions import db
from webapp.observing import import_columns, import_preview, import_telling, imports, uploads
from webapp.observing.import_columns import Kind
from webapp.observing.import_forms import FileForm, ImportForm, columns_form, words_form
from webapp.observing.models import Upload
from webapp.schools.access import enter, here
from webapp.schools.models import School
from webapp.schools.permissions import May
from webapp.web.csv_tables import LARGEST_FILE, NoTableError

pages = Blueprint("imports", __name__, url_prefix="/school/listen-ins/import")
# So that a file that is somewhat too large is told so on the page that it came from.
LARGEST_CALL = 3 * LARGEST_FILE


@pages.url_value_preprocessor
def _allow_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything looks at the form."""
    if endpoint == "imports.begin":
        request.max_content_length = LARGEST_CALL


def with_upload(view: Callable[..., Any]) -> Callable[..., Any]:
    """Hands the person's own file over by its id in the address; without it all begins anew."""

    @wraps(view)
    def found(school: School, upload: UUID, **address: Any) -> Any:
        kept = uploads.one(db.session, school, here().person, upload, datetime.now(UTC))
        if kept is None:
            done = imports.one(db.session, school, upload)
            if done is not None:
                return redirect(_done(school, done.id), 303)
            flash(_("That file is not kept any more. Choose it once more."), "warning")
            return redirect(url_for("imports.begin", school=school.id), 303)
        return view(school=school, upload=kept, **address)

    return found


@pages.route("", methods=["GET", "POST"])
@enter(May.IMPORT)
def begin(school: School) -> Response | tuple[str, int]:
    """Choose a file; and what came in before."""
    form = FileForm()
    now = datetime.now(UTC)
    if form.validate_on_submit():
        file = form.file.data
        data = file.stream.read(LARGEST_FILE + 1)
        try:
            kept = uploads.keep(db.session, school, here().person, name=file.filename or "", data=data, now=now)
        except NoTableError as error:
            form.file.errors = [import_telling.of_file(error)]
        else:
            return redirect(url_for("imports.say_columns", upload=kept, school=school.id), 303)
    page = render_template(
        "observing/import.html",
        form=form,
        past=imports.past(db.session, school),
        waiting=uploads.latest(db.session, school, here().person, now),
    )
    return page, 422 if form.errors else 200


@pages.route("/<uuid:upload>/columns", methods=["GET", "POST"])
@enter(May.IMPORT)
@with_upload
def say_columns(school: School, upload: Upload) -> Response | tuple[str, int]:
    """Say which column holds what."""
    table = uploads.table_of(upload)
    names = uploads.names(db.session, school)
    said = uploads.columns_of(upload) or uploads.own_columns(table)
    form = columns_form(table, names, said)
    if form.validate_on_submit():
        own = uploads.own_columns(table)
        columns = form.columns
        id_ = upload.id
        uploads.say(db.session, upload, columns=own if own and own.agrees_with(columns) else columns)
        return redirect(url_for("imports.say_words", upload=id_, school=school.id), 303)
    page = render_template("observing/import_columns.html", form=form, upload=upload, table=table)
    return page, 422 if form.errors else 200


@pages.route("/<uuid:upload>/words", methods=["GET", "POST"])
@enter(May.IMPORT)
@with_upload
def say_words(school: School, upload: Upload) -> Response | tuple[str, int]:
    """Say what the words mean."""
    columns = uploads.columns_of(upload)
    if columns is None:
        return redirect(url_for("imports.say_columns", upload=upload.id, school=school.id), 303)
    asked = import_columns.words_of(uploads.table_of(upload), columns)
    names, before = uploads.names(db.session, school), uploads.said_before(upload)
    meant = {
        kind: {word: before.get(kind, {}).get(word) or import_columns.guess_word(kind, word, names) for word in found}
        for kind, found in asked.items()
    }
    form = words_form(asked, meant, import_preview.choices(db.session, school))
    if form.validate_on_submit():
        id_ = upload.id
        uploads.say(db.session, upload, words=form.said)
        return redirect(url_for("imports.look", upload=id_, school=school.id), 303)
    open_ = sum(word is None for found in meant.values() for word in found.values())
    page = render_template("observing/import_words.html", form=form, upload=upload, kinds=Kind, open=open_)
    return page, 422 if form.errors else 200


@pages.route("/<uuid:upload>/preview", methods=["GET", "POST"])
@enter(May.IMPORT)
@with_upload
def look(school: School, upload: Upload) -> Response | tuple[str, int]:
    """Look at what would come in; then bring it in, all or nothing."""
    columns, words = uploads.columns_of(upload), uploads.words_of(upload)
    if columns is None or words is None:
        return redirect(url_for("imports.say_words", upload=upload.id, school=school.id), 303)
    now = datetime.now(UTC)
    table = uploads.table_of(upload)
    reading = import_preview.read(db.session, school, table, columns=columns, words=words, now=now)
    form = ImportForm()
    if form.validate_on_submit():
        if not reading.faults or form.leave_out.data:
            return _bring_in(school, upload, reading.lines, now)
        form.leave_out.errors = [_("Mend the file and choose it once more, or leave these lines out.")]
    told = import_preview.preview(db.session, school, reading)
    page = render_template("observing/import_preview.html", form=form, upload=upload, told=told)
    return page, 422 if form.errors else 200


@pages.post("/<uuid:upload>/discard")
@enter(May.IMPORT)
@with_upload
def discard(school: School, upload: Upload) -> Response:
    """Forget the file."""
    uploads.discard(db.session, upload)
    flash(_("The file is forgotten. Nothing came in."), "success")
    return redirect(url_for("imports.begin", school=school.id), 303)


@pages.get("/done/<uuid:past>")
@enter(May.IMPORT)
def show(school: School, past: UUID) -> str | Response:
    """What came in."""
    found = imports.one(db.session, school, past)
    if found is None:
        return redirect(url_for("imports.begin", school=school.id), 303)
    return render_template("observing/imported.html", past=found)


@pages.post("/done/<uuid:past>/undo")
@enter(May.IMPORT)
def undo(school: School, past: UUID) -> Response:
    """Take back what came in; twice is once."""
    found = imports.take_back(db.session, school, past, datetime.now(UTC))
    if found is None:
        db.session.rollback()
        return redirect(url_for("imports.begin", school=school.id), 303)
    db.session.commit()
    return redirect(_done(school, past), 303)


def _bring_in(school: School, upload: Upload, lines: list[Any], now: datetime) -> Response:
    school_id, id_, name = school.id, upload.id, upload.file_name
    done = imports.bring_in(db.session, school, lines, file_name=name, now=now, id_=id_)
    kept = db.session.get(Upload, id_)
    if kept is not None:
        db.session.delete(kept)
    elif done.id is not None:
        # Discarded, or brought in, while this was read.
        db.session.rollback()
        return redirect(url_for("imports.look", upload=id_, school=school_id), 303)
    db.session.commit()
    if done.there_already:
        flash(
            ngettext(
                "%(num)s listen-in was there already.", "%(num)s listen-ins were there already.", done.there_already
            )
        )
    if done.id is None:
        flash(_("Nothing new came in."), "success")
        return redirect(url_for("imports.begin", school=school_id), 303)
    return redirect(url_for("imports.show", past=done.id, school=school_id), 303)


def _done(school: School, past: UUID) -> str:
    return url_for("imports.show", past=past, school=school.id)
