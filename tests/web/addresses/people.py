from tests.web.addresses import ALL_SEE, NOT_SO

NO_VALUE = (422, 422, 422, 422)
ADMINISTRATORS = (403, 403, 200, 403)
LED_ON = (403, 403, 302, 403)

PAGES = {
    "settings/": (ALL_SEE, NO_VALUE),
    "settings/people/": (ADMINISTRATORS, NOT_SO),
    "settings/people/add/": (LED_ON, LED_ON),
    "settings/people/<int:who>/": (ADMINISTRATORS, NOT_SO),
    "settings/people/<int:who>/link/": (NOT_SO, LED_ON),
    "settings/people/<int:who>/change/": (NOT_SO, LED_ON),
}
CALLS = {}
UNBOUND = {address for address in PAGES if "<" in address}
NOWHERE = {"who": 999_999_999}


def EXTRA(of):  # noqa: N802 - the tables name it so
    del of
    from juncture.web.people.models import User

    return {"who": User.objects.get(email="viewer@example.org").pk}
