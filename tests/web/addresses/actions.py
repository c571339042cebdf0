from tests.web.addresses import ALL_SEE, NOT_SO

PAGES = {
    "actions/": (ALL_SEE, NOT_SO),
}
CALLS = {}
