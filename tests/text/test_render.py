from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.text.footnotes import definitions
from juncture.text.render import inline_html, to_html

ALLOWED = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "span",
    "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"href", "src"}:
                self.links.append(value or "")

    def handle_data(self, data):
        self.text += data


def seen(html: str) -> Seen:
    parser = Seen()
    parser.feed(html)
    parser.close()
    return parser


def test_prose_becomes_paragraphs_emphasis_code_and_tables():
    html = to_html("One *two* `three`.\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n~~gone~~")
    assert "<p>One <em>two</em> <code>three</code>.</p>" in html
    assert '<td class="right">2</td>' in html
    assert "<s>gone</s>" in html


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(7)",
        "JaVaScRiPt:alert(7)",
        "java&#10;script:alert(7)",
        "&#106;avascript:alert(7)",
        "vbscript:x",
        "data:text/html;base64,PHNjcmlwdD4=",
        "file:///etc/passwd",
        "//elsewhere.example/x",
        "../secret",
        "javascript&colon;alert(7)",
    ],
)
def test_a_link_that_leads_elsewhere_than_the_web_or_mail_is_text(link):
    for markdown in (f"[the page]({link})", f"<{link}>", f"[the page][r]\n\n[r]: {link}", f"[the page](<{link}>)"):
        assert "a" not in seen(to_html(markdown)).tags, markdown


def test_links_to_the_web_stand_and_tell_nothing_about_the_reader():
    html = to_html("[run](https://ci.example/1?a=b&c=d)")
    assert 'href="https://ci.example/1?a=b&amp;c=d"' in html
    assert "noreferrer" in html


def test_raw_html_is_text():
    html = to_html("<script>alert(7)</script>\n\n<img src=x onerror=alert(7)> and <b>bold</b>")
    assert seen(html).tags == {"p"}
    assert "<script>alert(7)</script>" in seen(html).text


def test_an_image_is_its_words_and_loads_nothing():
    html = to_html("![latency at 14:07](https://elsewhere.example/pixel.png)")
    assert "Image: latency at 14:07" in html
    assert "elsewhere" not in html


def test_footnotes_become_what_the_caller_makes_of_them_wherever_they_are_defined():
    html = to_html("It queued.[^e1]", footnote=lambda label: f'<button popovertarget="x">{label}</button>')
    assert html.strip() == '<p>It queued.<button popovertarget="x">e1</button></p>'


def test_footnotes_without_a_caller_are_numbered_and_listed_at_the_end():
    html = to_html("Second.[^b] First.[^a] Second again.[^b]\n\n[^a]: The *first*\n[^b]: The second\n[^c]: never cited")
    assert re.findall(r'href="#note-(\d)"', html) == ["1", "2", "1"]
    assert html.index("The second") < html.index("The <em>first</em>")
    assert "never cited" not in html


def test_definitions_are_read_in_one_line_each_and_leave_the_prose():
    text = "Prose.[^e1]\n\n[^e1]: 14:32:07 UTC, alertmanager:\n    HighLatency fired (event 6f)\n[^e2]: Second\n"
    assert definitions(text) == {"e1": "14:32:07 UTC, alertmanager: HighLatency fired (event 6f)", "e2": "Second"}
    assert "HighLatency" not in to_html(text, footnote=lambda _: "")


def test_a_block_is_filled_by_the_caller_and_other_comments_are_left_out():
    html = to_html(
        "Before.\n\n<!-- juncture:actions -->\n\n<!-- a prompt\nfor the author -->\n\nAfter.",
        block=lambda name: f"<b>{name}</b>",
    )
    assert "<b>actions</b>" in html
    assert "prompt" not in html
    assert "Before." in html
    assert "After." in html


def test_a_block_inside_code_is_code():
    assert "juncture:actions" in to_html("```\n<!-- juncture:actions -->\n```", block=lambda _: "<b>no</b>")


def test_a_slot_cannot_be_forged_by_text():
    html = to_html('<i data-slot="0"></i> [^x]', footnote=lambda _: "<b>once</b>")
    assert html.count("<b>once</b>") == 1


def test_headings_start_where_the_caller_says():
    assert to_html("# A\n\n### B", least_heading=3) == "<h3>A</h3>\n<h3>B</h3>\n"


def test_tasks_show_whether_they_are_done():
    html = to_html("- [ ] @ana add a limit\n- [x] done")
    assert "☐" in html
    assert "☑" in html
    assert "[ ]" not in html


def test_one_line_has_no_paragraph():
    assert inline_html("A `b`[^1]") == "A <code>b</code>"


def test_control_characters_and_lone_surrogates_do_not_reach_the_document():
    html = to_html("a\x00b\ud800c\x1b[31m")
    html.encode("utf-8")
    assert "\x1b" not in html
    assert "\x00" not in html


HOSTILE = st.lists(
    st.sampled_from(
        ["<", ">", '"', "'", "&", "`", "[", "]", "(", ")", "!", "javascript:", "data:", "onerror=", "<script>", "</p>", "\n",
         "\n\n", "    ", "[^a]", "[^a]: ", "<!--", "-->", "juncture:x", "|", "-", '<i data-slot="0">', "&lt;", "\\", "x", "http://"]
    )
    | st.text(max_size=5),
    max_size=40,
).map("".join)  # fmt: skip


@given(HOSTILE)
def test_no_text_gives_an_element_attribute_or_link_outside_the_list(markdown):
    parsed = seen(to_html(markdown))
    assert parsed.tags <= ALLOWED
    assert parsed.attributes <= {"href", "title", "rel", "class", "start", "id", "aria-label"}
    assert all(link.startswith(("http://", "https://", "mailto:", "#")) for link in parsed.links)
