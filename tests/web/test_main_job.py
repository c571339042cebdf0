import html
import io
import re
import zipfile

from tests.web.conftest import CHAT, PASSWORD

from juncture.web.access.operations import first_administrator_link, sign_in_link
from juncture.web.journal.models import Change


def test_a_pasted_channel_becomes_a_published_postmortem_with_citations(signed_in, work):
    answer = signed_in.post(
        "/incidents/new/", {"text": CHAT, "title": "Checkout answers 500", "date": "2026-03-02", "timezone": "UTC"}
    )
    assert answer.status_code == 302
    import_page = answer["Location"]
    assert "Waiting to be read" in signed_in.get(import_page).content.decode()
    assert work() == 1
    state = signed_in.get(f"{import_page}state/").content.decode()
    assert "5 events" in re.sub(r"<[^>]+>|\s+", " ", state).replace("  ", " ")
    postmortem = re.search(r'data-then="(/postmortems/\w+/)"', state)[1]
    text = signed_in.get(postmortem).content.decode()
    assert "rolling back release 412" in text
    edit = re.search(rf"{postmortem}sections/(\d+)/", text)[0]
    page = signed_in.get(edit).content.decode()
    event = re.search(r'name="cite" value="([0-9a-f]{32})"', page)[1]
    base = html.unescape(re.search(r'<textarea name="base" hidden>(.*?)</textarea>', page, re.DOTALL)[1])
    assert signed_in.post(edit, {"base": base, "text": "Checkout was down.", "cite": event})["Location"].startswith(edit)
    written = html.unescape(signed_in.get(edit).content.decode())
    assert re.search(r"Checkout was down\.\[\^e\d+\]", written)
    published = signed_in.post(f"{postmortem}state/", {"to": "published"})["Location"]
    seen = signed_in.get(published).content.decode()
    assert "Checkout was down." in seen
    assert "Publish again" not in signed_in.get(postmortem).content.decode()
    base = html.unescape(
        re.search(r'<textarea name="base" hidden>(.*?)</textarea>', signed_in.get(edit).content.decode(), re.DOTALL)[1]
    )
    signed_in.post(edit, {"base": base, "text": "Checkout was down for a while."})
    assert "Publish again" in signed_in.get(postmortem).content.decode()
    assert [change.action for change in Change.objects.all()][-4:] == ["write", "write", "set_state", "write"]


def test_files_and_a_folder_are_taken_with_their_paths(signed_in, work):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("logs/app.log", "2026-03-02T14:05:00Z ERROR payment capture failed\n")
    archive.seek(0)
    archive.name = "evidence.zip"
    chat = io.BytesIO(CHAT.encode())
    chat.name = "chat.txt"
    answer = signed_in.post("/incidents/new/", {"file": [archive, chat], "paths": ["evidence.zip", "chats/chat.txt"]})
    assert work() == 1
    incident = re.search(r"/incidents/(\d+)/", signed_in.get(answer["Location"]).content.decode())[1]
    page = signed_in.get(f"/incidents/{incident}/").content.decode()
    assert "chats/chat.txt" in page
    assert "evidence.zip!/logs/app.log" in page


def test_the_first_administrator_comes_by_a_link_that_works_once(client, db):
    token = first_administrator_link()
    details = {"name": "Ana Sample", "email": "ana@example.org", "password": PASSWORD}
    assert client.post(f"/first/{token}/", details | {"password": "short"}).status_code == 422
    assert client.post(f"/first/{token}/", details)["Location"] == "/"
    assert client.get("/").status_code == 200
    assert client.post(f"/first/{token}/", details | {"email": "eve@example.org"}).status_code == 404
    assert first_administrator_link() is None


def test_a_sign_in_link_is_used_by_its_button_and_once(client, author):
    token = sign_in_link(author)
    assert client.get(f"/sign-in/{token}/").status_code == 200
    assert client.get(f"/sign-in/{token}/").status_code == 200
    assert client.post(f"/sign-in/{token}/").status_code == 302
    assert client.post(f"/sign-in/{token}/").status_code == 404


def test_sign_in_by_password_leads_on_only_within_the_application(client, author):
    details = {"email": author.email.upper(), "password": PASSWORD}
    assert client.post("/sign-in/", details | {"next": "https://evil.example/"})["Location"] == "/"
    assert client.post("/sign-in/", details | {"next": "/incidents/1/"})["Location"] == "/incidents/1/"


def test_guessing_passwords_is_stopped(client, author):
    for _ in range(10):
        assert client.post("/sign-in/", {"email": author.email, "password": "wrong"}).status_code == 422
    assert client.post("/sign-in/", {"email": author.email, "password": PASSWORD}).status_code == 429


def test_who_is_not_signed_in_is_sent_to_sign_in(client, db):
    assert client.get("/incidents/1/")["Location"] == "/sign-in/?next=/incidents/1/"


def test_two_people_writing_one_section_lose_no_word(signed_in, viewer, work):
    from juncture.web.postmortems import operations, selectors

    signed_in.post("/incidents/new/", {"text": CHAT, "date": "2026-03-02"})
    work()
    row = operations.start_postmortem(viewer, "1")
    section = selectors.postmortem(viewer, row.public_id).sections[0]
    first = operations.apply(
        viewer, row.public_id, section.id, base=section.markdown, text="Paid carts stayed.\n\nNobody lost money."
    )
    operations.apply(viewer, row.public_id, section.id, base=first, text="All paid carts stayed.\n\nNobody lost money.")
    merged = operations.apply(
        viewer, row.public_id, section.id, base=first, text="Paid carts stayed.\n\nNobody lost any money."
    )
    assert merged == "All paid carts stayed.\n\nNobody lost any money."


def test_an_import_that_died_is_taken_up_again_and_nothing_is_doubled(signed_in, viewer):
    from django.utils import timezone

    from juncture.web.evidence.importing import run_import
    from juncture.web.evidence.leases import take_import
    from juncture.web.evidence.models import ImportRun
    from juncture.web.timeline.selectors import count_of

    signed_in.post("/incidents/new/", {"text": CHAT, "date": "2026-03-02"})
    dead = take_import()
    assert take_import() is None
    run_import(dead)
    ImportRun.objects.update(state="running", lease_until=timezone.now() - timezone.timedelta(seconds=1))
    again = take_import()
    run_import(again)
    again.refresh_from_db()
    assert (again.state, again.events, count_of(viewer, "1")) == ("done", 5, 5)
