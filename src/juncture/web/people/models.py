"""People and their roles."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class Role(models.TextChoices):
    """What a person may do, each including the one before; administrators have people and settings besides."""

    VIEWER = "viewer", "Viewer"
    AUTHOR = "author", "Author"
    FACILITATOR = "facilitator", "Facilitator"
    ADMINISTRATOR = "administrator", "Administrator"


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the person with this address. Raises User.DoesNotExist."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person. `zone` is the IANA name of where their wall clock stands."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.AUTHOR)
    zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    """Who this person turned out to be; their history stays theirs, and their names lead there."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        """One person an address, whatever its case."""

        constraints = (models.UniqueConstraint(Lower("email"), name="person_of_one_address"),)

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Team(models.Model):
    """A group of people who own services together."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)


class TeamMember(models.Model):
    """Somebody in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        """Once each."""

        constraints = (models.UniqueConstraint(fields=("team", "user"), name="member_once_a_team"),)


class Service(models.Model):
    """A service of the organisation's own catalogue. `name` is what incidents and alerts call it."""

    name = models.CharField(max_length=200, unique=True)
    description = models.CharField(max_length=500, blank=True)
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="services")


class ServicePath(models.Model):
    """Where in the code a service lives: a pattern of a CODEOWNERS file that is its own."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="paths")
    pattern = models.CharField(max_length=300)

    class Meta:
        """Once each."""

        ordering = ("pattern",)
        constraints = (models.UniqueConstraint(fields=("service", "pattern"), name="path_once_a_service"),)


class ServiceOwner(models.Model):
    """Somebody who owns a service themselves."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="owners")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        """Once each."""

        constraints = (models.UniqueConstraint(fields=("service", "user"), name="owner_once_a_service"),)


class Identity(models.Model):
    """How a person is called elsewhere: a chat handle, a GitHub login, another e-mail address. Case does not count."""

    class Kind(models.TextChoices):
        """Where the name is used."""

        CHAT = "chat", "Chat"
        GITHUB = "github", "GitHub"
        EMAIL = "email", "E-mail"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    value = models.CharField(max_length=254)

    class Meta:
        """One person each."""

        constraints = (models.UniqueConstraint("kind", Lower("value"), name="identity_of_one_person"),)
