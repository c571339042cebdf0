"""How secrets of second factors are kept: encrypted by a key that the secret key of this server gives."""

from __future__ import annotations

import base64
from hashlib import sha256

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from juncture.web.access.errors import InTheWay


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's adapter with encryption. Who reads the database alone learns no secret."""

    def get_totp_issuer(self) -> str:
        """Return the name under which an app lists the codes."""
        return "Juncture"

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return _box().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret as it was. Raises InTheWay where the secret key of this server is another one now."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            raise InTheWay(
                "The secret key of this server has changed, so codes cannot be checked. "
                "Ask an administrator to remove your second factor."
            ) from None


def _box() -> Fernet:
    key = sha256(b"second factors:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
