"""Two incidents with everything on them, and everybody who might ask: one open to the organisation, one restricted."""

from __future__ import annotations

from types import SimpleNamespace

from django.test import Client
from tests.web.conftest import CHAT, PASSWORD

from juncture.web.access.operations import add_person, new_token
from juncture.web.access.selectors import viewer_of
from juncture.web.access.viewer import SYSTEM
from juncture.web.actions.operations import add_action
from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.postmortems import operations, selectors
from juncture.web.worker import work_once

WORKING = "zzWORKING words that nobody has published"
SECRET = "zzSECRET"
ASKING = ("nobody", "viewer", "author", "administrator", "creator")
"""`author` writes, but is not on the restricted incident; `creator` declared both."""


def build():
    """Return the people, a client and a token for each, and the two incidents with their addresses' parts."""
    people = {who: _person(who) for who in ASKING if who != "nobody"}
    creator = viewer_of(people["creator"])
    return SimpleNamespace(
        people=people,
        clients={who: _client(people.get(who)) for who in ASKING},
        tokens={who: new_token(person, scope="admin", days=1) for who, person in people.items()},
        open=_incident(creator, "organisation", CHAT),
        restricted=_incident(creator, "restricted", CHAT.replace("checkout", f"checkout {SECRET}")),
    )


def _person(who):
    role = {"creator": "author"}.get(who, who)
    return add_person(SYSTEM, email=f"{who}@example.org", name=f"{who.title()} Sample", role=role, password=PASSWORD)


def _client(person):
    client = Client()
    if person:
        client.force_login(person)
    return client


def _incident(creator, visibility, chat):
    title = f"Checkout fails {SECRET if visibility == 'restricted' else ''}"
    run = receive_into_new(creator, [pasted(chat)], title=title, visibility=visibility, date=None, zone="UTC")
    assert work_once()
    incident = run.incident.public_id
    postmortem = selectors.postmortems(creator)[0][0].id
    action = add_action(creator, postmortem, title=f"Mend it {SECRET if visibility == 'restricted' else ''}")
    operations.set_state(creator, postmortem, "published")
    section = selectors.postmortem(creator, postmortem).sections[0]
    operations.apply(creator, postmortem, section.id, base=section.markdown, text=f"{section.markdown}\n\n{WORKING}")
    return {
        "incident": incident,
        "run": run.public_id,
        "postmortem": postmortem,
        "section": section.id,
        "action": action.public_id,
    }
