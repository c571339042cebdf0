"""The second factor: time-based codes (RFC 6238) by an app, and recovery codes; rows and arithmetic are allauth's."""

from __future__ import annotations

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare

from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, NotFound
from juncture.web.access.models import Session, SignInPolicy, UsedCode
from juncture.web.access.viewer import Viewer
from juncture.web.journal.operations import record_change
from juncture.web.people.models import User
from juncture.web.people.selectors import own_row

_WRONG = "This code is not right, or has been used. Wait for the next one, and check the clock of your device."
_KEPT_COUNTERS = 10


def has_second_factor(user_id: int) -> bool:
    """Whether a person signs in with a code besides the password."""
    return bool(Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists())


def new_secret() -> str:
    """Return a new secret for an app, in base 32."""
    return str(generate_totp_secret())


def address_for_app(user: User, secret: str) -> str:
    """Return the `otpauth://` address that an app reads."""
    return str(get_adapter().build_totp_url(user, secret))


def enrol(viewer: Viewer, secret: str, code: str) -> list[str]:
    """Set up the viewer's second factor by a code that shows that the app has the secret; return the recovery codes.

    Raises Invalid for a wrong code, InTheWay where there is one already.
    """
    user = own_row(viewer)
    with transaction.atomic():
        if has_second_factor(user.pk):
            raise InTheWay("A second factor is set up already. Turn it off first.")
        if not _take(user.pk, secret, code):
            raise Invalid(_WRONG)
        TOTP.activate(user, secret)
        codes = _fresh_codes(user)
        Session.objects.filter(user=user).update(must_enrol=False)
        record_change(viewer, action="add", object_kind="second factor", object_id=str(user.pk))
    return codes


def check_code(user_id: int, code: str) -> bool:
    """Whether a code of the app, or a recovery code, is right; it is used up by that."""
    code = "".join(code.split()).replace("-", "")[:20]
    with transaction.atomic():
        for row in Authenticator.objects.filter(user_id=user_id):
            if row.type == Authenticator.Type.TOTP and _take(user_id, get_adapter().decrypt(row.data["secret"]), code):
                row.record_usage()
                return True
            if row.type == Authenticator.Type.RECOVERY_CODES and RecoveryCodes(row).validate_code(code):
                return True
    return False


def recovery_codes_left(user_id: int) -> int:
    """Return how many recovery codes a person has not used."""
    row = Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(row).get_unused_codes()) if row else 0


def new_recovery_codes(viewer: Viewer) -> list[str]:
    """Return new recovery codes of the viewer, shown this once; older ones end. Raises InTheWay without a second factor."""
    user = own_row(viewer)
    with transaction.atomic():
        if not has_second_factor(user.pk):
            raise InTheWay("Set up a second factor first.")
        codes = _fresh_codes(user)
        record_change(viewer, action="replace", object_kind="recovery codes", object_id=str(user.pk))
    return codes


def turn_off(viewer: Viewer, *, password: str, code: str) -> None:
    """Remove the viewer's own second factor. Raises Invalid unless password and code are right.

    Where everybody needs one, they are led to set up another: that is how one moves to a new device.
    """
    user = own_row(viewer)
    if user.has_usable_password() and not user.check_password(password):
        raise Invalid("The password is not right.")
    if not check_code(user.pk, code):
        raise Invalid(_WRONG)
    with transaction.atomic():
        _remove(viewer, user)
        if second_factor_required():
            Session.objects.filter(user=user).update(must_enrol=True)


def remove_second_factor(viewer: Viewer, person: int) -> None:
    """Remove somebody's second factor, whose device is lost. Ends their sessions. Raises NotAllowed or NotFound."""
    if not viewer.may_administer:
        raise NotAllowed("Only an administrator removes the second factor of others.")
    user = User.objects.filter(pk=person).first()
    if user is None or not has_second_factor(person):
        raise NotFound
    with transaction.atomic():
        _remove(viewer, user)
        Session.objects.filter(user=user).delete()


def second_factor_required() -> bool:
    """Whether everybody needs a second factor."""
    return SignInPolicy.objects.filter(second_factor_required=True).exists()


def require_second_factor(viewer: Viewer, *, required: bool) -> None:
    """Ask everybody for a second factor from now on, or no more; who has none is led to set it up. Raises NotAllowed."""
    if not viewer.may_administer:
        raise NotAllowed("Only an administrator says what signing in asks for.")
    with transaction.atomic():
        before = second_factor_required()
        SignInPolicy.objects.update_or_create(pk=1, defaults={"second_factor_required": required})
        enrolled = Authenticator.objects.filter(type=Authenticator.Type.TOTP).values("user")
        Session.objects.update(must_enrol=False)
        if required:
            Session.objects.filter(user__isnull=False).exclude(user__in=enrolled).update(must_enrol=True)
        if before != required:
            record_change(
                viewer,
                action="change",
                object_kind="sign-in policy",
                object_id="1",
                before={"second_factor_required": before},
                after={"second_factor_required": required},
            )


def _remove(viewer: Viewer, user: User) -> None:
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        record_change(viewer, action="remove", object_kind="second factor", object_id=str(user.pk))


def _fresh_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    return list(RecoveryCodes.activate(user).get_unused_codes())


def _take(user_id: int, secret: str, code: str) -> bool:
    """Whether a code is that of now, or of a half minute before or after; each is taken once, by whatever process."""
    code = "".join(code.split())
    counters = list(yield_hotp_counters_from_time())
    for counter in (counters[0] - 1, *counters, counters[-1] + 1):
        if not constant_time_compare(code, format_hotp_value(hotp_value(secret, counter))):
            continue
        try:
            with transaction.atomic():
                UsedCode.objects.create(user_id=user_id, counter=counter)
        except IntegrityError:
            return False
        UsedCode.objects.filter(user_id=user_id, counter__lt=counter - _KEPT_COUNTERS).delete()
        return True
    return False
