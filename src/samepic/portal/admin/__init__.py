"""Pages for helpdesk and administrators, about everybody."""

from samepic.portal.admin import audit, faces, overview, people, plans, runs, sessions, sheet, systems

ROUTES = (
    overview.overview,
    runs.runs,
    runs.run,
    runs.live,
    runs.cancel,
    plans.plans,
    plans.plan,
    plans.face,
    plans.say,
    sheet.png,
    sheet.csv,
    people.people,
    people.person,
    people.doctor,
    people.resync,
    people.bulk,
    sessions.end_sessions,
    faces.face,
    faces.shown_now,
    systems.systems,
    systems.probe,
    audit.audit,
    audit.export,
)
