"""The application: one list of features, lowest layer first. Nothing is discovered by magic."""

from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from lms import navigation, schedule, wiring
from lms.acts import views as acts
from lms.analysis import views as analysis
from lms.assignments import keeping
from lms.assignments.views import accepting, leave, requiring
from lms.assignments.views import levels as scheme
from lms.audit import actions as audit
from lms.audit import chaining
from lms.catalogue import shelf
from lms.catalogue import views as catalogue
from lms.certificates.views import correcting
from lms.certificates.views import showing as certificates
from lms.chasing.views import assigning, reminding
from lms.cohorts.views import (
    approvals,
    arriving,
    attendance,
    booking,
    building,
    calendar,
    contesting,
    missed,
    moving,
    offers,
    sending,
)
from lms.compliance import views as compliance
from lms.config import Settings, from_environment
from lms.core import db, events, schema
from lms.core.limits import Limits
from lms.exports import views as exports
from lms.flags import views as flags
from lms.home import authoring
from lms.home import views as home
from lms.interop.oidc import pages as providers
from lms.interop.oidc import views as oidc
from lms.interop.scim import pages as directory
from lms.interop.scim import views as scim
from lms.joining import views as joining
from lms.learning import views as learning
from lms.notifications import views as notifications
from lms.operating import views as operating
from lms.operating import watching
from lms.outcomes import views as outcomes
from lms.passport.views import looked, passport, record, team
from lms.people import keepers, sectors
from lms.people import views as people
from lms.planning.views import nominating, proposing
from lms.planning.views import programmes as planning
from lms.programmes import views as programmes
from lms.quizzes import shelf as quiz_shelf
from lms.quizzes import views as quizzes
from lms.releasing import views as releasing
from lms.reports import listing
from lms.reports import views as reports
from lms.rights import views as rights
from lms.seating import views as seating
from lms.signin import breached, devices, sessions
from lms.signin.views import break_glass, inviting, passkeys, passwords, second_step
from lms.signin.views import entering as signin
from lms.together import views as together
from lms.web import access, deadline, errors, health, limits, once, request_log, security, templating, transactions
from lms.web.application import Application

BLUEPRINTS = (
    health.bp,
    notifications.bp,
    operating.bp,
    watching.bp,
    people.bp,
    signin.bp,
    second_step.bp,
    passkeys.bp,
    passwords.bp,
    break_glass.bp,
    inviting.bp,
    catalogue.bp,
    quizzes.bp,
    learning.bp,
    certificates.bp,
    correcting.bp,
    booking.bp,
    building.bp,
    attendance.bp,
    planning.bp,
    nominating.bp,
    proposing.bp,
    calendar.bp,
    offers.bp,
    approvals.bp,
    sending.bp,
    moving.bp,
    missed.bp,
    arriving.bp,
    contesting.bp,
    seating.bp,
    flags.bp,
    leave.bp,
    accepting.bp,
    requiring.bp,
    scheme.bp,
    joining.bp,
    providers.bp,
    oidc.bp,
    directory.bp,
    scim.bp,
    reminding.bp,
    assigning.bp,
    exports.bp,
    listing.bp,
    reports.bp,
    compliance.bp,
    releasing.bp,
    together.bp,
    outcomes.bp,
    programmes.bp,
    record.bp,
    passport.bp,
    looked.bp,
    team.bp,
    acts.bp,
    home.bp,
    rights.bp,
    rights.erasures,
    rights.retaining,
    authoring.bp,
    analysis.bp,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from its settings (the environment's, unless handed in).

    Raises BadSetting for a wrong setting and ContentFaults when anything in modules/ or quizzes/ is wrong.
    """
    settings = settings or from_environment()
    settings.check_secret()
    settings.make_data_dir()
    app = Application("lms", static_folder=None, template_folder="web/templates")
    app.extensions["settings"] = settings
    request_log.configure()
    db.install(app, settings.database, _limits(settings))
    request_log.install(app, settings)
    deadline.install(app, settings)
    keeping.install(app)
    chaining.install(app)
    wiring.wire(events.install(app.extensions))
    wiring.supply(app.extensions)
    templating.install(app, settings)
    transactions.install(app)
    security.install(app, settings)
    access.install(app, settings, sessions.actor_from_cookie, audit.refused)
    limits.install(app, settings)
    once.install(app)
    errors.install(app)
    navigation.install(app)
    exports.install(app)
    schedule.install(app, settings)
    shelf.install(app, settings)
    quiz_shelf.install(app, settings)
    keepers.install(app)
    breached.install(app, settings)
    app.jinja_env.globals["sector"] = sectors.look
    app.jinja_env.filters["device"] = devices.named
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    security.csrf.exempt(scim.bp)  # a program sends its token itself; no browser adds it unasked
    transactions.install_end(app)
    app.extensions["readiness"] = (_migrated, shelf.is_loaded)
    return app


def _limits(settings: Settings) -> Limits:
    page = settings.request_seconds or settings.db_statement_seconds
    return Limits(
        statement=min(settings.db_statement_seconds, page),
        lock=settings.db_lock_seconds,
        idle=settings.db_idle_seconds,
        connect=settings.db_connect_seconds,
    )


def _migrated() -> str | None:
    """Why the database is not ready, or None."""
    try:
        current = schema.current(db.db.engine)
    except (DBAPIError, NoConnectionFree):
        return "The database does not answer."
    if current != schema.newest():
        return "The database is not at the present schema. Run: lms db upgrade"
    return None
