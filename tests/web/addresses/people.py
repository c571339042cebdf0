from tests.web.addresses import ALL_SEE, NONE, NOT_SO

NO_VALUE = (422, 422, 422, 422)
ADMINISTRATORS = (403, 403, 200, 403)
ADMINISTRATORS_SAY_WHAT = (403, 403, 422, 403)
LED_ON = (403, 403, 302, 403)

PAGES = {
    "settings/": (ALL_SEE, NO_VALUE),
    "settings/people/": (ADMINISTRATORS, NOT_SO),
    "settings/people/add/": (LED_ON, LED_ON),
    "settings/people/<int:who>/": (ADMINISTRATORS, NOT_SO),
    "settings/people/<int:who>/link/": (NOT_SO, LED_ON),
    "settings/people/<int:who>/change/": (NOT_SO, LED_ON),
    "settings/teams/": (ALL_SEE, ADMINISTRATORS_SAY_WHAT),
    "settings/teams/<str:team>/": (ALL_SEE, ADMINISTRATORS_SAY_WHAT),
    "settings/services/": (ALL_SEE, ADMINISTRATORS_SAY_WHAT),
    "settings/services/owners/": (ADMINISTRATORS, ADMINISTRATORS_SAY_WHAT),
    "settings/services/<int:service>/": (ALL_SEE, ADMINISTRATORS_SAY_WHAT),
}
CALLS = {
    "api/v1/me": {"GET": ALL_SEE, "PATCH": ALL_SEE},
    "api/v1/people": {"GET": ALL_SEE},
    "api/v1/people/<int:person>": {"GET": (403, 403, NONE, 403)},
    "api/v1/people/<int:person>/identities": {"POST": (403, 403, NONE, 403)},
    "api/v1/people/<int:person>/identities/<int:identity>": {"DELETE": (403, 403, NONE, 403)},
    "api/v1/teams": {"GET": ALL_SEE, "POST": ADMINISTRATORS_SAY_WHAT},
    "api/v1/teams/<str:team>": {"GET": ALL_SEE, "PATCH": ADMINISTRATORS, "DELETE": ADMINISTRATORS},
    "api/v1/services/owners": {"POST": ADMINISTRATORS_SAY_WHAT},
    "api/v1/services": {"GET": ALL_SEE, "POST": ADMINISTRATORS_SAY_WHAT},
    "api/v1/services/<int:service>": {"GET": ALL_SEE, "PATCH": ADMINISTRATORS_SAY_WHAT, "DELETE": ADMINISTRATORS},
}
BODIES = {
    "teams": {"name": " "},
    "services": {"name": " "},
    "owners": {"text": " "},
    "identities": {"kind": "chat", "value": "ana"},
}
UNBOUND = {address for address in (*PAGES, *CALLS) if "<" in address}
NOWHERE = {"who": 999_999_999, "identity": 999_999_999, "team": "no-such-team", "service": 999_999_999}


def EXTRA(of):  # noqa: N802 - the tables name it so
    del of
    from juncture.web.people.models import Service, Team, User

    team, _ = Team.objects.get_or_create(slug="payments", defaults={"name": "Payments"})
    service, _ = Service.objects.get_or_create(name="checkout", defaults={"team": team})
    return {"who": User.objects.get(email="viewer@example.org").pk, "team": team.slug, "service": service.pk}
