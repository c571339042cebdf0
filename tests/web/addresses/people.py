from tests.web.addresses import ALL_SEE

REFUSED_VALUE = (422, 422, 422, 422)

PAGES = {
    "settings/": (ALL_SEE, REFUSED_VALUE),
}
CALLS = {}
