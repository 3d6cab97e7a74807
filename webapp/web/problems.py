"""Errors and how they meet HTTP: one table, RFC 9457 for the API, a page for people."""

import json
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from werkzeug.exceptions import HTTPException, InternalServerError

from webapp.extensions import db
from webapp.web.languages import ask_nobody

PROBLEM_JSON = "application/problem+json"
PASSING = (OperationalError, InterfaceError, NoConnectionError)
"""Locked, a deadlock, a connection lost, none free, a full disk: the same call may do well a little later."""


class ProblemError(Exception):
    """A call that cannot be answered as asked.

    Subclasses give `status` and `kind`; `kind` is the stable end of the problem's `type`. `page` names the words of a
    page where those of the status do not do.
    """

    status = HTTPStatus.BAD_REQUEST
    kind = "bad-request"
    page = ""

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = more


class SignedOutError(ProblemError):
    """Nobody is signed in."""

    status = HTTPStatus.UNAUTHORIZED
    kind = "signed-out"

    def __init__(self) -> None:
        super().__init__("Sign in first, then call again.")


class AccountClosedError(ProblemError):
    """Whoever signed in here may do so no longer; told only to whom holds that sign-in."""

    status = HTTPStatus.UNAUTHORIZED
    kind = "account-closed"

    def __init__(self) -> None:
        super().__init__("This account is closed. Keep what waits; it can be sent once the account is open again.")


class WrongPasswordError(ProblemError):
    """Nobody has this e-mail address and this password; which of the two is wrong is not said."""

    status = HTTPStatus.UNAUTHORIZED
    kind = "wrong-password"

    def __init__(self) -> None:
        super().__init__("E-mail and password do not belong together.")


class NotAMemberError(ProblemError):
    """There is no such school for this person; whether it exists is not said."""

    status = HTTPStatus.NOT_FOUND
    kind = "not-found"

    def __init__(self) -> None:
        super().__init__("There is nothing here for you.")


class NoSchoolError(NotAMemberError):
    """Who belongs to no school at all, and named none; to the API it is the same."""

    page = "no-school"


class NotAllowedError(ProblemError):
    """A member whose role may not do this."""

    status = HTTPStatus.FORBIDDEN
    kind = "not-allowed"

    def __init__(self) -> None:
        super().__init__("Your role in this school does not allow this.")


class NotRecordingError(NotAllowedError):
    """A member who does not record, be it not yet or not any more."""

    page = "not-recording"


class ForeignOriginError(ProblemError):
    """A write that another site started."""

    status = HTTPStatus.FORBIDDEN
    kind = "foreign-origin"

    def __init__(self) -> None:
        super().__init__("Writes are taken from this site’s own pages only.")


class WrongAccountError(ProblemError):
    """The call was made for another account than the one signed in (SYNC-5)."""

    status = HTTPStatus.CONFLICT
    kind = "wrong-account"

    def __init__(self) -> None:
        super().__init__("Another account is signed in. Keep these changes until their owner signs in.")


class TooLargeError(ProblemError):
    """More than one call may carry."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    kind = "too-large"


class CursorExpiredError(ProblemError):
    """The cursor is unknown, or older than what is kept."""

    status = HTTPStatus.GONE
    kind = "cursor-expired"

    def __init__(self) -> None:
        super().__init__("This cursor is not known any more. Start from nothing: leave `since` out.")


class MalformedError(ProblemError):
    """The call is not of the shape that is described."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "malformed"


class TooManyTriesError(ProblemError):
    """Too many wrong passwords; `seconds` until the next try."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    kind = "too-many-tries"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many tries. Wait {seconds} seconds.", headers={"Retry-After": str(seconds)})
        self.seconds = seconds


class DatabaseUnavailableError(ProblemError):
    """The database cannot do it now; nothing of the call is stored."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    kind = "try-again"

    def __init__(self) -> None:
        super().__init__("The database is busy or away. Nothing of this call is stored; try again in a moment.")
        self.headers["Retry-After"] = "5"


Answer = Response | tuple[str, int, Mapping[str, str]]


def init_app(app: Flask) -> None:
    """Every error leaves as problem+json from the API and as a page elsewhere."""
    app.register_error_handler(ProblemError, _answer_problem)
    app.register_error_handler(DBAPIError, _answer_database)
    app.register_error_handler(NoConnectionError, _answer_database)
    app.register_error_handler(HTTPException, answer_http)


def is_api() -> bool:
    """Whether this request is for the API, which never redirects and never answers HTML."""
    return request.path.startswith("/api/")


def problem(status: int, kind: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """A problem+json answer (RFC 9457)."""
    body = {"type": f"/problems/{kind}", "title": HTTPStatus(status).phrase, "status": int(status), "detail": detail}
    return Response(json.dumps(body | more), status=int(status), headers=headers, content_type=PROBLEM_JSON)


def _answer_problem(error: ProblemError) -> Answer:
    if is_api():
        return problem(error.status, error.kind, error.detail, headers=error.headers, **error.more)
    return _page(error.status, error.page), int(error.status), error.headers


def _answer_database(error: SQLAlchemyError) -> Answer | HTTPException:
    """Lets go of the transaction and its connection; in the log stands what broke, never what was said."""
    # The driver's words may quote a row: an address, a note. So its kind is told, and where, and no more.
    kind = type(getattr(error, "orig", None) or error).__name__
    where = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    if isinstance(error, PASSING):
        current_app.logger.warning("the database could not do it now: %s", kind)
        _forget_the_database()
        return _answer_problem(DatabaseUnavailableError())
    current_app.logger.error("the database refused: %s\n%s", kind, where)
    return answer_http(InternalServerError())


def _forget_the_database() -> None:
    """What is drawn from here on asks it nothing: neither who is signed in nor in which language they read."""
    db.session.invalidate()
    g.nobody = True
    ask_nobody()


def answer_http(error: HTTPException) -> Answer | HTTPException:
    """What is answered to an error of HTTP: problem+json, or a page."""
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    if error.code == HTTPStatus.INTERNAL_SERVER_ERROR:
        _forget_the_database()
    kept = {name: value for name, value in error.get_headers() if name not in {"Content-Type", "Content-Length"}}
    if is_api():
        kind = HTTPStatus(error.code).phrase.lower().replace(" ", "-")
        return problem(error.code, kind, error.description or "", headers=kept)
    # A form that lay open until its sign-in ended.
    ended = isinstance(error, CSRFError) and not current_user.is_authenticated
    return _page(HTTPStatus.UNAUTHORIZED if ended else error.code), error.code, kept


def _page(status: int, kind: str = "") -> str:
    words: dict[int | str, tuple[str, str]] = {
        "no-school": (
            _("You belong to no school now"),
            _(
                "What you saved on this phone and could not send is still there. An administrator of your school can "
                "add you."
            ),
        ),
        "not-recording": (
            _("Listening in is not for your role here"),
            _(
                "Administrators and observers listen in. If you should too, ask an administrator of your school. What "
                "you saved on this phone and could not send is still there."
            ),
        ),
        400: (_("That did not arrive whole"), _("Go back and try once more. What you typed is still on the page.")),
        401: (
            _("You are not signed in"),
            _("Your sign-in ended meanwhile, or this browser keeps no cookies. Sign in, then send it once more."),
        ),
        403: (_("Not for your role"), _("Ask an administrator of your school if you need this.")),
        404: (_("Nothing here"), _("The address may be old, or meant for somebody else.")),
        405: (_("Not this way"), _("Go back and use the buttons on the page.")),
        413: (_("Too large"), _("Try again with less.")),
        429: (_("One moment"), _("There were too many tries. Wait a little, then try again.")),
        500: (_("Something broke on our side"), _("Nothing you saved is lost. Try again in a minute.")),
        503: (_("One moment"), _("Nothing you saved is lost. Try again in a minute.")),
    }
    title, advice = words.get(kind or status, (_("That did not work"), _("Go back and try once more.")))
    return render_template("error.html", title=title, advice=advice, status=status, on_phone=bool(kind))
