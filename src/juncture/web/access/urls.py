"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import path

from juncture.web.access import account_views as account
from juncture.web.access import api, views
from juncture.web.access import second_factor_views as factor

pages = [
    path("first/<str:token>/", views.first, name="first"),
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/second-step/", views.second_step, name="sign-in-second-step"),
    path("sign-in/<str:token>/", views.sign_in_link, name="sign-in-link"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("settings/confirm/", account.confirm_again, name="settings-confirm"),
    path("settings/password/", account.password, name="settings-password"),
    path("settings/sessions/", account.sessions, name="settings-sessions"),
    path("settings/tokens/", account.own_tokens, name="settings-tokens"),
    path("settings/tokens/new/", account.new_token, name="settings-token-new"),
    path("settings/tokens/<int:token>/revoke/", account.revoke_token, name="settings-token-revoke"),
    path("settings/second-factor/", factor.second_factor, name="settings-second-factor"),
    path("settings/second-factor/set-up/", factor.enrol, name="settings-second-factor-enrol"),
    path("settings/second-factor/codes/", factor.recovery_codes, name="settings-recovery-codes"),
    path("settings/second-factor/codes/file/", factor.recovery_codes_file, name="settings-recovery-codes-file"),
    path("settings/second-factor/off/", factor.turn_off, name="settings-second-factor-off"),
    path("settings/sign-in/", factor.sign_in_policy, name="settings-sign-in"),
]
calls = [
    path("tokens", api.own_tokens),
    path("tokens/<int:token>", api.one_token),
]
