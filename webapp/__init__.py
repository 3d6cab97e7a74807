"""Listen In: hear how the adults of a school talk about teaching."""

from inspect import iscoroutinefunction

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import about, extensions, pwa, styleguide
from webapp.acting import pages as acting_pages
from webapp.heatmap import api as heatmap_api
from webapp.heatmap import district_pages
from webapp.heatmap import pages as heatmap_pages
from webapp.observing import api as observing_api
from webapp.observing import export_pages, import_pages, moving, retention, weeks
from webapp.observing import pages as observing_pages
from webapp.ops import commands, health, requests_log
from webapp.people import session
from webapp.schools import api as schools_api
from webapp.schools import frame, merging, people
from webapp.schools import pages as schools_pages
from webapp.schools import settings as school_settings
from webapp.settings import INSTANCE, MIGRATIONS, STATIC, TEMPLATES, Settings
from webapp.signing_in import api as signing_in_api
from webapp.signing_in import pages as signing_in_pages
from webapp.trends import api as trends_api
from webapp.trends import pages as trends_pages
from webapp.web import assets, compression, doors, headers, languages, openapi, problems

__all__ = ["create_app"]

LARGEST_REQUEST = 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """The application.

    Raises:
        WrongSettingError: a setting in the environment is unknown or malformed.
    """
    settings = settings or Settings.read()
    app = Flask(
        __name__,
        template_folder=str(TEMPLATES),
        static_folder=str(STATIC),
        static_url_path="/static",
        instance_path=str(INSTANCE),
    )
    _configure(app, settings)
    _extend(app)
    _open_doors(app, settings)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.signing_key,
        # A failed statement is logged without its values: they may be a note, or somebody's address.
        SQLALCHEMY_ENGINES={"default": {"url": settings.database_url, "hide_parameters": True}},
        ALEMBIC={"script_location": str(MIGRATIONS)},
        ALEMBIC_CONTEXT={"render_as_batch": True, "compare_type": True},
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        # A form may lie open on a phone all day; the token lives as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_SECURE=(settings.base_url or "").startswith("https://"),
    )
    # The API never redirects; an address with two slashes is none of ours.
    app.url_map.merge_slashes = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.database_url.startswith("sqlite:///"):
        INSTANCE.mkdir(parents=True, exist_ok=True)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _extend(app: Flask) -> None:
    requests_log.init_app(app)
    extensions.db.init_app(app)
    # No session is asynchronous; to close none of such would cost every request a thread and an event loop.
    app.teardown_appcontext_funcs = [each for each in app.teardown_appcontext_funcs if not iscoroutinefunction(each)]
    extensions.alembic.init_app(app)
    extensions.csrf.init_app(app)
    compression.init_app(app)
    doors.init_app(app)
    headers.init_app(app)
    problems.init_app(app)
    assets.init_app(app)
    languages.init_app(app)
    session.init_app(app)
    frame.init_app(app)
    commands.init_app(app)
    people.when_one_leaves(retention.forget_observer)
    merging.when_places_merge(count=moving.count, move=moving.move)
    school_settings.when_weeks_move(weeks.rebuild)


def _open_doors(app: Flask, settings: Settings) -> None:
    for pages in (signing_in_pages, schools_pages, observing_pages, heatmap_pages, acting_pages, trends_pages):
        app.register_blueprint(pages.pages)
    for api in (signing_in_api, schools_api, observing_api, heatmap_api, trends_api, openapi):
        app.register_blueprint(api.api)
        # Callers of the API are checked by their origin (web/doors.py); a cached page's token would be stale.
        extensions.csrf.exempt(api.api)
    for front in (export_pages, import_pages, district_pages, about, pwa, health):
        app.register_blueprint(front.pages)
    if settings.listenin_development:
        app.register_blueprint(styleguide.pages)
