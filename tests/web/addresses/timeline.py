from tests.web.addresses import ALL_SEE, NOT_SO

PAGES = {
    "incidents/<slug:incident>/timeline/": (ALL_SEE, NOT_SO),
}
CALLS = {
    "api/v1/incidents/<slug:incident>/timeline": {"GET": ALL_SEE},
}
