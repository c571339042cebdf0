from tests.web.addresses import ALL_SEE, NONE, NOT_SO

ALL_LED_ON = (302, 302, 302, 302)
NO_VALUE = (422, 422, 422, 422)
NOWHERE_FOR_ALL = (NONE, NONE, NONE, NONE)
ADMINISTRATORS_CONFIRM = (403, 403, 302, 403)

PAGES = {
    "settings/confirm/": (ALL_SEE, NO_VALUE),
    "settings/password/": (ALL_LED_ON, ALL_LED_ON),
    "settings/sessions/": (ALL_SEE, ALL_LED_ON),
    "settings/tokens/": (ALL_SEE, NOT_SO),
    "settings/tokens/new/": (ALL_LED_ON, ALL_LED_ON),
    "settings/tokens/<int:token>/revoke/": (NOT_SO, NOWHERE_FOR_ALL),
    "settings/second-factor/": (ALL_SEE, NOT_SO),
    "settings/second-factor/set-up/": (ALL_LED_ON, ALL_LED_ON),
    "settings/second-factor/codes/": (NOT_SO, ALL_LED_ON),
    "settings/second-factor/codes/file/": (NOT_SO, NO_VALUE),
    "settings/second-factor/off/": (ALL_LED_ON, ALL_LED_ON),
    "settings/sign-in/": (ADMINISTRATORS_CONFIRM, ADMINISTRATORS_CONFIRM),
}
CALLS = {
    "api/v1/tokens": {"GET": ALL_SEE},
    "api/v1/tokens/<int:token>": {"DELETE": NOWHERE_FOR_ALL},
}
OPEN = {"first/<str:token>/", "sign-in/", "sign-in/second-step/", "sign-in/<str:token>/", "sign-out/"}
UNBOUND = {
    "settings/tokens/<int:token>/revoke/",
    "api/v1/tokens/<int:token>",
}
NOWHERE = {"token": 999_999_999}
