"""What somebody who hears a page instead of seeing it finds on every one: a title, one heading above all, names on what is filled in."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from tests.web.test_rights import PAGES, asked, body_of, filled, there  # noqa: F401 - the world of the rights

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NEEDS_NO_LABEL = {"hidden", "submit", "button"}
MORE = ("library/?q=checkout", "actions/?view=board", "incidents/?q=nothing", "nowhere/")


class Outline(HTMLParser):
    """Headings in order, ids, and fields without a name, of a whole page."""

    def __init__(self):
        super().__init__()
        self.levels, self.ids, self.fields, self.labelled, self.within = [], [], [], set(), []
        self.mains, self.title = 0, ""

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids += [attrs["id"]] if attrs.get("id") else []
        heard = "hidden" not in attrs
        if heard and tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.levels.append(int(tag[1]))
        self.mains += tag == "main"
        if tag == "label" and attrs.get("for"):
            self.labelled.add(attrs["for"])
        if heard and tag in {"input", "select", "textarea"} and attrs.get("type") not in NEEDS_NO_LABEL:
            named = "aria-label" in attrs or "aria-labelledby" in attrs or "label" in self.within
            self.fields += [] if named else [attrs.get("id") or attrs.get("name")]
        if tag not in VOID:
            self.within.append(tag)

    def handle_endtag(self, tag):
        while self.within and self.within.pop() != tag:
            pass

    def handle_data(self, data):
        if self.within[-2:] == ["head", "title"]:
            self.title += data


def complaints_about(html):
    outline = Outline()
    outline.feed(html)
    said = []
    if not outline.title.strip() or outline.title.strip().startswith("·"):
        said.append("no title")
    if outline.mains != 1:
        said.append(f"{outline.mains} mains")
    if outline.levels.count(1) != 1 or outline.levels[:1] != [1]:
        said.append(f"headings begin with {outline.levels[:3]}")
    said += [f"h{one} before h{two}" for one, two in zip(outline.levels, outline.levels[1:], strict=False) if two > one + 1]
    said += [f"{field} has no label" for field in outline.fields if field not in outline.labelled]
    return said + [f"#{each} twice" for each in {each for each in outline.ids if outline.ids.count(each) > 1}]


@pytest.mark.parametrize("who", ["creator", "administrator", "viewer", "nobody"])
def test_every_page_can_be_heard(there, who):  # noqa: F811 - the fixture
    wrong = {}
    for path in [*(filled(address, there.open) for address in PAGES), *(f"/{path}" for path in MORE)]:
        answer = asked(there, who, "GET", path)
        html = body_of(answer)
        if answer["Content-Type"].startswith("text/html") and "<html" in html:
            wrong |= {path: said} if (said := complaints_about(html)) else {}
    assert wrong == {}


def test_what_cannot_be_heard_is_found():
    html = '<html><head><title> · x</title></head><main><h2>a</h2><h4 id="i">b</h4><input id="i"><input type="hidden"></main>'
    assert complaints_about(html) == ["no title", "headings begin with [2, 4]", "h2 before h4", "i has no label", "#i twice"]
