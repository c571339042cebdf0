"""Ids of others: what hangs on one incident or postmortem is not there under another one, whoever asks, and nothing of it moves."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from PIL import Image
from tests.web import world
from tests.web.conftest import CHAT, PASSWORD
from tests.web.test_rights import API, PAGES, UNBOUND, body_of

from juncture.casework.drafting import citations_of
from juncture.web.access.models import ApiToken, Session
from juncture.web.access.operations import new_token
from juncture.web.access.own_sessions import own_sessions
from juncture.web.access.selectors import viewer_of
from juncture.web.actions.operations import add_action, set_state
from juncture.web.evidence.operations import Received, pasted, receive, receive_into_new
from juncture.web.evidence.remembering import begin_account
from juncture.web.evidence.selectors import evidence_of
from juncture.web.journal.models import Change
from juncture.web.people.models import Identity
from juncture.web.postmortems import operations, selectors
from juncture.web.postmortems.object_api import ACTS
from juncture.web.postmortems.object_selectors import objects_of
from juncture.web.postmortems.pieces import KINDS
from juncture.web.postmortems.proposal_selectors import proposals_of
from juncture.web.postmortems.proposal_views import ACTS as OF_PROPOSALS
from juncture.web.timeline.selectors import events_of
from juncture.web.worker import work_once

DAY = dt.date(2026, 3, 2)
PARENTS = ("incident", "postmortem")
NAMED = re.compile(r"<\w+:(\w+)>")
OTHERS = ("hidden", "visible", "sibling")
"""Whose ids are tried: of an incident that one may not see, of one that one may, of another postmortem of the same incident."""
WRITERS = ("creator", "administrator")
ADDED = {
    "decisions": {"question": "Roll back?", "chosen": "Yes"},
    "factors": {"title": "No lock timeout"},
    "lessons": {"text": "Locks queue", "kind": "learned"},
    "weak-points": {"title": "Nobody watches locks"},
    "participants": {"role": "Responder"},
    "figures": {"name": "Orders lost", "mid": 7},
    "not-known": {"text": "Refunds"},
    "questions": {"text": "Who saw it?"},
}
FORM = {
    "base": "",
    "text": "zzNEW words",
    "reason": "It holds names.",
    "when": "2026-03-02 14:32",
    "what": "A graph",
    "sentence": "zzNEW sentence",
    "person": "viewer@example.org",
    "heading": "zzNEW heading",
}
"""Fit for whatever takes a form: with an id of its own each call goes through."""


@pytest.fixture(scope="module")
def there(built_others):
    return built_others


@pytest.fixture(scope="module")
def built_others(django_db_setup, django_db_blocker, tmp_path_factory):
    from django.conf import settings

    from juncture.web.evidence import store

    data, settings.DATA = settings.DATA, tmp_path_factory.mktemp("others")
    store._store_at.cache_clear()
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
    settings.DATA = data
    store._store_at.cache_clear()


@pytest.fixture(autouse=True)
def _own_folder(there, db, settings):
    """In the place of that of `conftest`: the world has one folder, whatever a test does."""


def build():
    people = {who: world._person(who) for who in ("viewer", "author", "administrator", "creator")}
    creator, author = viewer_of(people["creator"]), viewer_of(people["author"])
    own = incident_with_everything(creator, "organisation", "zzOWN")
    return SimpleNamespace(
        people=people,
        clients={who: world._client(person) for who, person in people.items()},
        tokens={who: new_token(person, scope="admin", days=1) for who, person in people.items()},
        own=own,
        sibling=own | postmortem_with_everything(creator, own["incident"], "zzSIBLING"),
        visible=incident_with_everything(author, "organisation", "zzVISIBLE"),
        hidden=incident_with_everything(author, "restricted", "zzHIDDEN"),
    )


def incident_with_everything(viewer, visibility, word):
    """Declare an incident by evidence; return the names and values of all that hangs on it. Each text of it holds `word`."""
    image = io.BytesIO()
    Image.new("RGB", (40, 20), (len(word), 30, sum(map(ord, word)) % 255)).save(image, "PNG")
    image.seek(0)
    files = [pasted(CHAT.replace("checkout", f"checkout {word}")), Received(f"{word}.png", image)]
    run = receive_into_new(viewer, files, title=f"Checkout {word}", visibility=visibility, date=DAY, zone="UTC")
    assert work_once()
    incident = run.incident.public_id
    postmortem = selectors.postmortems(viewer)[0][0].id
    proposed, decided = newly_proposed(viewer, incident, postmortem, word)
    held = {each.name: each.digits for each in evidence_of(viewer, incident)}
    return {
        "incident": incident,
        "run": run.public_id,
        "sha256": held["pasted text.txt"],
        "picture": held[f"{word}.png"],
        "events": [event.id for event in events_of(viewer, incident)[0]],
        "account": begin_account(viewer, incident, text=f"Around 14:00 I saw {word}.").public_id,
        "proposal": proposed,
        "decided": decided,
        "word": word,
    } | filled_postmortem(viewer, postmortem, word)


def newly_proposed(viewer, incident, postmortem, word):
    """Write on a postmortem, and bring evidence that proposes changes to that: one that waits, and one that was dismissed."""
    section = next(one for one in selectors.postmortem(viewer, postmortem).sections if one.heading == "Summary")
    operations.apply(viewer, postmortem, section.id, base=section.markdown, text=f"Heard {word}. {section.markdown}")
    log = "".join(f"2026-03-02T13:{minute}:00Z ERROR payment {word} failed\n" for minute in (55, 56))
    file = Received("app.log", io.BytesIO(log.encode()))
    receive(viewer, incident, [file], date=DAY, zone="UTC", draft_follows=True)
    assert work_once()
    waiting, decided, *_ = (one.id for one in proposals_of(viewer, postmortem).proposals)
    operations.dismiss_proposal(viewer, postmortem, decided)
    return waiting, decided


def postmortem_with_everything(viewer, incident, word):
    text = f"# Another {word}\n\n## Summary\n\nWords {word}.\n"
    row, _ = operations.import_file(viewer, text.encode(), incident_id=incident)
    return {"word": word, "proposal": "f" * 20, "decided": "f" * 20} | filled_postmortem(viewer, row.public_id, word)


def filled_postmortem(viewer, postmortem, word):
    for kind, values in ADDED.items():
        title = KINDS[kind].title
        row = operations.add_object(viewer, postmortem, kind, values | {title: f"{values[title]} {word}"})
        operations.edit_object(viewer, postmortem, kind, row.pk, {title: f"{word} {values[title]}"})
    found = objects_of(viewer, postmortem)
    section = selectors.postmortem(viewer, postmortem).sections[0]
    operations.apply(viewer, postmortem, section.id, base="", text=f"Then {word}. ")
    changes = Change.objects.order_by("-pk")
    return {
        "of_text": changes.filter(object_kind="section", object_id=str(section.id)).first().pk,
        "of_object": changes.filter(object_kind="factor", object_id=str(found.factors[-1].id)).first().pk,
        "postmortem": postmortem,
        "section": section.id,
        "markdown": section.markdown,
        "action": add_action(viewer, postmortem, title=f"Mend it {word}").public_id,
        "made": add_action(viewer, postmortem, title=f"Mend that {word}").public_id,
        "pieces": {kind: getattr(found, kind.replace("-", "_"))[-1].id for kind in KINDS},
    }


def tries():
    """Yield every page and call that names a parent and what hangs on it: address, method, and more names."""
    for method, table in [
        ("GET", PAGES),
        ("POST", PAGES),
        *((method, API) for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),
    ]:
        for address in table:
            names = NAMED.findall(address)
            if address in UNBOUND or len(names) < 2 or names[0] not in PARENTS or set(names[1:]) == {"objects"}:
                continue
            if table is API and method not in API[address]:
                continue
            kinds = KINDS if "object" in names else [""]
            for kind in kinds:
                for act in [""] if "act" not in names else acts_of(names):
                    yield method, address, {"objects": kind, "act": act}


def acts_of(names):
    return OF_PROPOSALS if "proposal" in names else ("up", "down", "rename", "remove") if "section" in names else ACTS


def path_of(address, parent, child, more):
    values = child | more | {"object": child["pieces"].get(more["objects"]), "person": 999_999}
    values["change"] = more["change"] = child["of_object" if address.endswith("undo/") else "of_text"]
    if more["act"] == "undo":
        values["proposal"] = values["decided"]
    if "/image/" in address or address.rstrip("/").endswith("/when"):
        values["sha256"] = child["picture"]
    first = NAMED.search(address)[1]
    return "/" + NAMED.sub(lambda found: str(parent[first] if found[1] == first else values[found[1]]), address)


def called(there, who, method, path, more=None, body=None):
    if not path.startswith("/api/"):
        return there.clients[who].generic(method, path, *encoded(FORM | filling(more) if body is None else body))
    if method == "DELETE":
        path = f"{path}?reason=It+holds+names."
    given = {"values": {**filling(more)}} if more else {}
    if "/sections/" in path:
        ends = {"place": {"place": 2}, "restore": {"change": (more or {}).get("change")}}
        given = ends.get(path.rsplit("/", 1)[-1], {"base": "", "text": "zzNEW words"})
    if path.endswith("/when"):
        given = {name: FORM[name] for name in ("when", "what")}
    sent = {} if method in {"GET", "DELETE"} or path.endswith(("/undo", *ACTS)) else given if body is None else body
    return Client().generic(
        method,
        path,
        json.dumps(sent),
        content_type="application/json",
        headers={"Authorization": f"Bearer {there.tokens[who]}"},
    )


def filling(more):
    kind = (more or {}).get("objects")
    return {KINDS[kind].title: "zzNEW title"} if kind else {"kind": "factors"}


def encoded(form):
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    return encode_multipart(BOUNDARY, form), MULTIPART_CONTENT


def rows():
    """Return all that is stored, but who is signed in and when a token was last used."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model is not Session and not model._meta.proxy:
                names = [field.column for field in model._meta.concrete_fields if field.column != "last_used_at"]
                cursor.execute(
                    f'SELECT {", ".join(connection.ops.quote_name(name) for name in names)} FROM "{model._meta.db_table}"'
                )
                found[model._meta.db_table] = sorted(map(repr, cursor.fetchall()))
    return found


def changed(before):
    now = rows()
    return [table for table in now if now[table] != before[table]]


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("who", WRITERS)
def test_what_hangs_on_another_is_not_there(there, who, other):
    wrong, refused = [], 0
    before, child = rows(), getattr(there, other)
    for method, address, more in tries():
        if other == "sibling" and "incident" in NAMED.findall(address):
            continue
        path = path_of(address, there.own, child, more)
        answer = called(there, who, method, path, more)
        refused += answer.status_code in {403, 404}
        # Who is not on an incident, and what is not proposed, is answered as what has changed meanwhile.
        right = answer.status_code in {403, 404, 405} | ({409} if re.search("/people/|/proposals/", path) else set())
        moved = changed(before)
        if not right or moved or child["word"] in body_of(answer):
            wrong.append((method, path, answer.status_code, moved, body_of(answer)[:80]))
            before = rows()
    assert wrong == []
    assert refused > 80


def test_each_of_these_calls_goes_through_with_an_id_of_its_own(there):
    """So that none of them is refused for another reason."""
    wrong = []
    for method, address, more in tries():
        if "<int:person>" in address:
            continue
        with transaction.atomic():
            answer = called(there, "creator", method, path_of(address, there.own, there.own, more), more)
            transaction.set_rollback(True)
        if answer.status_code >= 300 and answer.status_code not in {302, 405}:
            wrong.append((method, address, more, answer.status_code, body_of(answer)[:200]))
    assert wrong == []


def cited(child):
    """Return Markdown that cites what another has: an event, words and a picture, each by the name that it has there."""
    picture = f"[^e2]: 14:02:00 UTC, image: a graph (event {child['events'][0]}, sha256:{child['picture']}, bytes:0-90)"
    words = f"[^e1]: 14:01:00 UTC, pasted: said (event {child['events'][0]}, sha256:{child['sha256']}, line:1-9)"
    return f"zzMINE failed at 14:01.[^e1] It showed.[^e2]\n\n{words}\n{picture}\n"


IN_BODIES = {
    "proof of an action": lambda own, child: (
        *("PATCH", f"/api/v1/actions/{own['action']}", {"state": "verified", "proof": "x", "events": [child["events"][0]]}),
        422,
    ),
    "proof of an action, by a form": lambda own, child: (
        *("POST", f"/actions/{own['action']}/state/", {"to": "verified", "proof": "x", "event": child["events"][0]}),
        422,
    ),
    "event of a decision": lambda own, child: (
        *("POST", f"/api/v1/postmortems/{own['postmortem']}/objects/decisions"),
        *({"values": {"question": "x", "chosen": "y"}, "events": [child["events"][0]]}, 422),
    ),
    "event of a factor that is changed": lambda own, child: (
        *("PATCH", f"/api/v1/postmortems/{own['postmortem']}/objects/factors/{own['pieces']['factors']}"),
        *({"values": {"title": "x"}, "events": [child["events"][0]]}, 422),
    ),
    "citation in a section": lambda own, child: (
        *("POST", f"/postmortems/{own['postmortem']}/sections/{own['section']}/"),
        *({"base": own["markdown"], "text": own["markdown"], "cite": child["events"][0]}, 404),
    ),
    "decision of a sentence that cites": lambda own, child: (
        *("POST", f"/api/v1/postmortems/{own['cites']}/make", {"kind": "decisions", "text": "It failed at 14:01.[^e1]"}),
        422,
    ),
    "pinned event": lambda own, child: (
        *("POST", f"/api/v1/incidents/{own['incident']}/corrections", {"kind": "pin", "event": child["events"][0]}),
        404,
    ),
    "event with other words": lambda own, child: (
        *("POST", f"/incidents/{own['incident']}/timeline/corrections/"),
        *({"kind": "text", "event": child["events"][0], "text": "x"}, 404),
    ),
    "joined event": lambda own, child: (
        *("POST", f"/api/v1/incidents/{own['incident']}/corrections"),
        *({"kind": "join", "event": own["events"][0], "other": child["events"][0]}, 404),
    ),
    "joined event, by its address": lambda own, child: (
        *("POST", f"/incidents/{own['incident']}/timeline/corrections/"),
        {
            "kind": "join",
            "event": own["events"][0],
            "other": f"/incidents/{child['incident']}/timeline/?event={child['events'][0]}",
        },
        404,
    ),
    "sighting taken out": lambda own, child: (
        *("POST", f"/api/v1/incidents/{own['incident']}/corrections"),
        *({"kind": "split", "event": own["events"][0], "sightings": [child["events"][0]]}, 422),
    ),
    "chosen event": lambda own, child: ("GET", f"/incidents/{own['incident']}/timeline/?event={child['events'][0]}", {}, 404),
    "corrections of an event": lambda own, child: (
        *("GET", f"/api/v1/incidents/{own['incident']}/corrections?event={child['events'][0]}", {}, 200),
    ),
    "words to cite": lambda own, child: (
        *("GET", f"/api/v1/postmortems/{own['postmortem']}/citable?q={child['word'][2:]}", {}, 200),
    ),
    "account": lambda own, child: ("GET", f"/accounts/{child['account']}/", {}, 404),
    "account that is written": lambda own, child: ("PATCH", f"/api/v1/accounts/{child['account']}", {"text": "x"}, 404),
    "account that is released": lambda own, child: ("POST", f"/accounts/{child['account']}/release/", {"text": "x"}, 404),
    "account that is thrown away": lambda own, child: ("DELETE", f"/api/v1/accounts/{child['account']}", {}, 404),
}
"""What names another in a body or a query: method, path, body, and what is answered."""


@pytest.mark.parametrize("other", ["hidden", "visible"])
@pytest.mark.parametrize("what", IN_BODIES)
def test_what_a_body_names_of_another_is_not_there(there, what, other):
    own, child = citing(there, getattr(there, other)), getattr(there, other)
    method, path, body, status = IN_BODIES[what](own, child)
    before = rows()
    answer = called(there, "creator", method, path, body=body)
    assert (answer.status_code, changed(before)) == (status, []), body_of(answer)
    assert child["word"] not in body_of(answer).replace(f"q={child['word'][2:]}", "")
    nowhere = child | {"events": ["e" * 32], "account": "e" * 24, "word": "zzNOWHERE", "incident": "e" * 24}
    own = citing(there, nowhere)
    method, path, body, _ = IN_BODIES[what](own, nowhere)
    assert plain(body_of(answer), child) == plain(body_of(called(there, "creator", method, path, body=body)), nowhere)


def plain(text, child):
    for name in (child["events"][0], child["account"], child["word"][2:]):
        text = text.replace(name, "…")
    return re.sub(r'value="\w{64}"|nonce="[^"]*"|hx-headers=\'[^\']*\'|cursor=\w+', "", text)


def citing(there, child):
    """Return what is one's own, with an action that is done and a postmortem in whose text another's are cited."""
    creator = viewer_of(there.people["creator"])
    row, _ = operations.import_file(
        creator, f"# Mine\n\n## Summary\n\n{cited(child)}".encode(), incident_id=there.own["incident"]
    )
    set_state(creator, there.own["action"], "done")
    return there.own | {"cites": row.public_id}


@pytest.mark.parametrize("other", ["hidden", "visible"])
def test_a_text_that_cites_what_another_has_shows_nothing_of_it(there, other):
    child = getattr(there, other)
    own = citing(there, child)
    operations.set_state(viewer_of(there.people["creator"]), own["cites"], "published")
    section = selectors.postmortem(viewer_of(there.people["creator"]), own["cites"]).sections[0]
    path = f"/api/v1/postmortems/{own['cites']}"
    sent = called(
        there, "creator", "PATCH", f"{path}/sections/{section.id}", body={"base": section.markdown, "text": cited(child)}
    )
    assert sent.status_code == 200
    token = {"Authorization": f"Bearer {there.tokens['creator']}", "If-Match": "*"}
    # A file of one's own, in which each hash is that of another: also its events and objects cite what they have not.
    theirs = there.clients["creator"].get(f"/api/v1/postmortems/{own['postmortem']}.md").content.decode()
    theirs = theirs.replace(own["sha256"], child["sha256"]).replace(own["picture"], child["picture"])
    assert theirs.count(child["sha256"]) > 3
    text = theirs.replace("## Summary\n", f"## Mine\n\n{cited(child)}\n## Summary\n", 1).encode()
    assert Client().put(f"{path}.md", text, content_type="text/markdown", headers=token).status_code == 200
    operations.set_state(viewer_of(there.people["creator"]), own["cites"], "published")
    record = selectors.postmortem(viewer_of(there.people["creator"]), own["cites"]).record
    assert child["sha256"] in {one.artefact[7:] for one in citations_of(record)}
    shown = 0
    for address in (
        *(f"{path}{end}" for end in ("", ".md", ".json", ".html", "/diagnostics", "/citable?q=checkout", "/objects")),
        *(f"/postmortems/{own['cites']}/{end}" for end in ("", "published/", "write/")),
        f"/incidents/{own['incident']}/timeline/",
        f"/incidents/{own['incident']}/artefacts/{child['picture']}/image/",
    ):
        for who in ("creator", "viewer"):
            answer = there.clients[who].get(address)
            assert child["word"] not in body_of(answer), (who, address)
            assert "data:image/png" not in body_of(answer), address
            assert f"{child['picture']}/image" not in body_of(answer), address
            assert answer.status_code == 404 or "image" not in address
            shown += "zzMINE" in body_of(answer)
    assert shown >= 8


def test_another_persons_session_token_and_name_are_not_there(there):
    theirs = there.people["author"]
    session = own_sessions(viewer_of(theirs), None)[0].id
    token = ApiToken.objects.filter(user=theirs).values_list("pk", flat=True).first()
    name = Identity.objects.create(user=theirs, kind="handle", value="zzHANDLE")
    there.clients["administrator"].post("/settings/confirm/", {"password": PASSWORD})
    for who, path, form in (
        ("creator", "/settings/sessions/", {"session": session}),
        ("administrator", "/settings/sessions/", {"session": session}),
        ("creator", f"/settings/tokens/{token}/revoke/", {}),
        (
            *("administrator", f"/settings/people/{there.people['viewer'].pk}/change/"),
            {"what": "no identity", "identity": str(name.pk)},
        ),
    ):
        before = rows()
        answer = there.clients[who].post(path, form)
        assert (answer.status_code, changed(before)) == (404, []), (who, path)
    assert called(there, "creator", "DELETE", f"/api/v1/tokens/{token}").status_code == 404
    assert Session.objects.filter(pk=session).exists()
    assert ApiToken.objects.filter(pk=token).exists()


def test_a_postmortem_is_not_imported_into_what_one_does_not_see(there):
    headers = {"Authorization": f"Bearer {there.tokens['creator']}"}
    before = rows()
    for incident in (there.hidden["incident"], "e" * 24):
        path = f"/api/v1/postmortems?incident={incident}"
        answer = Client().post(path, b"# Mine\n", content_type="text/markdown", headers=headers)
        assert (answer.status_code, changed(before)) == (404, [])
