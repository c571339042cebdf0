"""One-time links that an administrator or a facilitator copies to a person: to join, or to set a new password."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, NotFound
from juncture.web.access.models import OneTimeLink, Session
from juncture.web.access.operations import new_link, open_link, use_up
from juncture.web.access.passwords import revoke_tokens_of, set_password
from juncture.web.access.selectors import viewer_of
from juncture.web.access.viewer import Viewer
from juncture.web.journal.operations import record_change
from juncture.web.people.models import Role, User
from juncture.web.people.profile import person_name, zone_said

INVITATION_LIFE = timedelta(days=7)
RESET_LIFE = timedelta(hours=24)
_OF_FACILITATORS = (Role.VIEWER, Role.AUTHOR)


def roles_to_invite(viewer: Viewer) -> list[str]:
    """Return the roles that the viewer may give to a new person; none if they may invite nobody."""
    if viewer.may_administer:
        return list(Role.values)
    return list(_OF_FACILITATORS) if viewer.may_facilitate else []


def require_inviting(viewer: Viewer, role: str) -> None:
    """Raise NotAllowed or Invalid unless the viewer may add a person with this role."""
    roles = roles_to_invite(viewer)
    if not roles:
        raise NotAllowed("Administrators and facilitators add people.")
    if role not in Role.values:
        raise Invalid(f"{role[:20]!r} is no role: {', '.join(Role.values)}.")
    if role not in roles:
        raise NotAllowed("A facilitator adds viewers and authors. Ask an administrator for other roles.")


def link_for(viewer: Viewer, person: int) -> str:
    """Return a new token for a person: to join where they have not yet, else to set a new password. Older links of theirs end.

    Facilitators make links for viewers, authors and facilitators alone. Raises NotAllowed, NotFound or InTheWay.
    """
    if not viewer.may_facilitate:
        raise NotAllowed("Administrators and facilitators make these links.")
    with transaction.atomic():
        user = User.objects.filter(pk=person).first()
        if user is None:
            raise NotFound
        if user.role == Role.ADMINISTRATOR and not viewer.may_administer:
            raise NotAllowed("Only an administrator makes a link for an administrator.")
        if not user.is_active:
            raise InTheWay(f"{user.name} has left. Take them back first.")
        joining = not user.has_usable_password() and user.last_login is None
        purpose = OneTimeLink.Purpose.INVITATION if joining else OneTimeLink.Purpose.RESET
        OneTimeLink.objects.filter(user=user, used_at=None).delete()
        token = new_link(purpose, user, INVITATION_LIFE if joining else RESET_LIFE)
        record_change(viewer, action="make", object_kind=f"{purpose.replace('_', ' ')} link", object_id=str(user.pk))
    return token


def join(token: str, *, name: str, password: str, zone: str = "UTC") -> User:
    """Give an invited person the name and the password that they chose, and use the link up. Raises Invalid or NotFound.

    `zone` is that of their browser, which they change in their profile.
    """
    with transaction.atomic():
        user = _user_of(token, OneTimeLink.Purpose.INVITATION)
        user.name, user.zone = person_name(name), zone_said(zone)
        user.save(update_fields=["name", "zone"])
        set_password(user, password)
        record_change(viewer_of(user), action="join", object_kind="person", object_id=str(user.pk), after={"name": user.name})
    return user


def reset_password(token: str, *, password: str) -> User:
    """Give a person a new password, end their sessions and API tokens, and use the link up. Raises Invalid or NotFound."""
    with transaction.atomic():
        user = _user_of(token, OneTimeLink.Purpose.RESET)
        set_password(user, password)
        Session.objects.filter(user=user).delete()
        revoke_tokens_of(viewer_of(user), user)
        record_change(viewer_of(user), action="reset", object_kind="password", object_id=str(user.pk))
    return user


def _user_of(token: str, purpose: str) -> User:
    """Use up a link and return its person; in the transaction, so that what is refused afterwards leaves the link whole."""
    link = open_link(token)
    if link.purpose != purpose or link.user is None or not link.user.is_active:
        raise NotFound
    use_up(link)
    return link.user
