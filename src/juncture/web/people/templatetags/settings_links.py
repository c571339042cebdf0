"""The links beside every page of settings, and in the account menu."""

from __future__ import annotations

from django import template
from django.urls import NoReverseMatch, reverse
from msgspec import Struct

from juncture.web.access.viewer import NOBODY, Viewer

register = template.Library()


class SettingsLink(Struct, frozen=True):
    """A page of settings: its words, its address, and whether it is the one that is shown."""

    label: str
    url: str
    here: bool


class SettingsGroup(Struct, frozen=True):
    """Pages of settings under one heading."""

    heading: str
    links: tuple[SettingsLink, ...]


_YOURS = (
    ("settings", "Profile"),
    ("settings-password", "Password"),
    ("settings-second-factor", "Second factor"),
    ("settings-sessions", "Sessions"),
    ("settings-tokens", "API tokens"),
)
_FACILITATING = (("people", "People"),)
_EVERYBODY = (("teams", "Teams"), ("services", "Services"))
_ADMINISTERING = (
    ("severities", "Severities"),
    ("criteria", "Criteria"),
    ("settings-sign-in", "Sign-in"),
    ("audit", "Audit"),
)


@register.simple_tag(takes_context=True)
def settings_groups(context: template.Context) -> list[SettingsGroup]:
    """Return the links that the viewer has, by what they are about."""
    request = context.get("request")
    path = request.path if request else ""
    groups = (("Yours", _YOURS), ("The organisation", _of_organisation(_viewer(context))))
    found = [
        SettingsGroup(heading, tuple(link for name, label in links if (link := _link(name, label, path))))
        for heading, links in groups
    ]
    return [group for group in found if group.links]


@register.simple_tag(takes_context=True)
def menu_links(context: template.Context) -> list[SettingsLink]:
    """Return the links of the account menu: settings of oneself, then what the viewer has of the organisation."""
    links = (("settings", "Settings"), *_of_organisation(_viewer(context)))
    return [link for name, label in links if (link := _link(name, label, ""))]


def _viewer(context: template.Context) -> Viewer:
    viewer = context.get("viewer")
    return viewer if isinstance(viewer, Viewer) else NOBODY


def _of_organisation(viewer: Viewer) -> tuple[tuple[str, str], ...]:
    return (
        *(_FACILITATING if viewer.may_facilitate else ()),
        *(_EVERYBODY if viewer.known else ()),
        *(_ADMINISTERING if viewer.may_administer else ()),
    )


def _link(name: str, label: str, path: str) -> SettingsLink | None:
    """Return the link, None where this server has no such page."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return None
    return SettingsLink(label, url, path == url or (url != reverse("settings") and path.startswith(url)))
