from tests.web.addresses import ALL_SEE, ALL_WRITE, LEADS_ON, NOT_SO, WRITERS

PAGES = {
    "incidents/<slug:incident>/postmortem/": (NOT_SO, (302, 302, 302, 302)),
    "postmortems/<slug:postmortem>/": (ALL_SEE, NOT_SO),
    "postmortems/<slug:postmortem>/published/": (ALL_SEE, NOT_SO),
    "postmortems/<slug:postmortem>/state/": (NOT_SO, (403, 422, 422, 422)),
    "postmortems/<slug:postmortem>/sections/<int:section>/": (WRITERS, LEADS_ON),
}
CALLS = {
    "api/v1/incidents/<slug:incident>/postmortem": {"POST": (403, 422, 422, 422)},
    "api/v1/postmortems": {"GET": ALL_SEE, "POST": (403, 415, 415, 415)},
    "api/v1/postmortems/<slug:postmortem>": {"GET": ALL_SEE},
    "api/v1/postmortems/<slug:postmortem>.md": {"GET": ALL_SEE, "PUT": (403, 415, 415, 415)},
    "api/v1/postmortems/<slug:postmortem>.json": {"GET": ALL_SEE},
    "api/v1/postmortems/<slug:postmortem>.html": {"GET": ALL_SEE},
    "api/v1/postmortems/<slug:postmortem>/sections/<int:section>": {"PATCH": ALL_WRITE},
    "api/v1/postmortems/<slug:postmortem>/state": {"POST": (403, 422, 422, 422)},
}
BODIES = {"postmortem": {"practice": "none"}, "state": {"to": "nowhere"}, "sections": {"base": "", "text": ""}}
