"""What every address answers to whom, a table an app: `PAGES`, `CALLS`, `OPEN` (nothing of anybody's is behind these).

In PAGES an address has what GET and POST answer, in CALLS what each method does: to viewer, author, administrator, creator on an
incident open to the organisation. `BODIES` is what is sent to addresses with such an end: fit to be read, and of no effect or
refused for what it says. `EXTRA` adds what addresses name beyond incident, run, postmortem and section: a function of one of the
world's incidents (`there.open`, `there.restricted`) to names and values; for what there is not, `NOWHERE`. `UNBOUND` are addresses whose names are of no incident (a person, a team): they are the same for both incidents.
"""

NONE = 404
ALL_SEE = (200, 200, 200, 200)
ALL_WRITE = (403, 200, 200, 200)
WRITERS = (NONE, 200, 200, 200)
LEADS_ON = (403, 302, 302, 302)
REFUSED = (403, 403, 403, 403)
NOT_SO = (405, 405, 405, 405)

APPS = ("pages", "access", "people", "journal", "incidents", "evidence", "timeline", "postmortems", "actions", "library")
