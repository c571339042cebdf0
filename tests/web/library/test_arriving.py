"""A folder of old Markdown postmortems: looked at first, then brought in whole, each once."""

from __future__ import annotations

import html
import re

from django.core.files.uploadedfile import SimpleUploadedFile

from juncture.web.access.selectors import viewer_of
from juncture.web.incidents.models import Incident
from juncture.web.library.arriving import FILE_LIMIT, FILES_LIMIT, Sent, bring, chosen, look
from juncture.web.postmortems.models import Postmortem, SentText

OLD = b"---\nseverity: Sev 1\nservices: [mail]\nstarted_at: 2021-03-04T10:00:00Z\nstate: published\n---\n\n# Mail was late\r\n\n## Summary\n\nIt <b>was</b>.  \n\n\n*  odd\n"
DRAFT = b"# Another\n\nJust words.\n"


def uploaded(client, *files, **more):
    return client.post("/library/import/", {"file": [SimpleUploadedFile(*each) for each in files]} | more)


def held(page):
    """Return the form of the page that shows what was read, as a browser sends it."""
    fields = {name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', page)}
    taken = re.findall(r'name="take" value="(\d+)" checked', page)
    return {name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"} | {"take": taken}


def test_files_are_shown_before_they_come_in_and_come_in_byte_for_byte(signed_in):
    answer = uploaded(signed_in, ("a.md", OLD), ("b.md", DRAFT), ("c.png", b"\x89PNG"), ("d.md", b"\xff\xfe"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "2 files can be read" in page
    assert "4 March 2021" in page
    assert "is no Markdown file" in page
    assert "is not UTF-8" in page
    assert Postmortem.objects.get_queryset().count() == 0
    answer = signed_in.post("/library/import/", held(page))
    assert "Mail was late" in answer.content.decode()
    rows = {row.title: row for row in Postmortem.objects.get_queryset()}
    assert {title: row.state for title, row in rows.items()} == {"Mail was late": "published", "Another": "draft"}
    assert sorted(bytes(text) for text in SentText.objects.values_list("text", flat=True)) == sorted([OLD, DRAFT])
    assert signed_in.get(f"/api/v1/postmortems/{rows['Another'].public_id}.md").content == DRAFT
    assert Incident.objects.get_queryset().filter(title="Mail was late", severity="Sev 1").exists()


def test_what_is_here_already_is_named_and_left_out(signed_in, viewer):
    bring(viewer, [Sent("a.md", OLD)])
    changed = OLD.replace(b"odd", b"even")
    page = uploaded(signed_in, ("a.md", OLD), ("b.md", changed), ("c.md", DRAFT), ("d.md", DRAFT)).content.decode()
    assert "the same file is here already" in page
    assert "one with its title and day is here already" in page
    assert "the same file as c.md" in page
    assert held(page)["take"] == ["2"]


def test_a_duplicate_that_somebody_may_not_see_is_none_to_them(viewer, person):
    secret = b"---\nvisibility: restricted\n---\n\n# Hushed\n"
    bring(viewer, [Sent("a.md", secret)])
    assert look(viewer, [Sent("a.md", secret)])[0][0].same
    other = viewer_of(person("author", "other@example.org"))
    assert look(other, [Sent("a.md", secret)])[0][0].same == ""


def test_what_stays_text_and_what_looks_like_a_secret_is_named_with_its_line(viewer):
    key = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
    arrivals, _ = look(viewer, [Sent("a.md", f"# T\n\n## S\n\nthe token {key} leaked\n".encode())])
    assert ("line 5", "looks like a secret: readers would see it. Take it out of the file first") in arrivals[0].notes


def test_there_are_limits_and_what_is_beyond_them_is_named():
    many = [(f"{n}.md", 9, Sent(f"{n}.md", b"# A title")) for n in range(FILES_LIMIT + 1)]
    taken, left = chosen([("large.md", FILE_LIMIT + 1, None), ("empty.md", 0, Sent("empty.md", b" ")), *many])
    assert len(taken) == FILES_LIMIT
    assert [each.name for each in left] == ["large.md", "empty.md", f"{FILES_LIMIT}.md"]


def test_a_form_that_was_tampered_with_is_refused(signed_in):
    for text in ("???", "", "é"):
        answer = signed_in.post("/library/import/", {"take": ["0"], "name-0": "a.md", "text-0": text})
        assert answer.status_code == 422
    assert signed_in.post("/library/import/", {"take": ["x"]}).status_code == 422


def test_names_and_titles_are_text_on_the_page(signed_in):
    page = uploaded(signed_in, ("<img src=x onerror=y>.md", b"# <script>alert(1)</script>\n")).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
