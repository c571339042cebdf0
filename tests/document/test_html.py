from __future__ import annotations

import base64
import datetime as dt
import re
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.document import sample

from juncture.document.html.assets import STYLES
from juncture.document.html.figures import figure_text, number, range_bar
from juncture.document.html.page import Theme, page
from juncture.evidence.places import Excerpt, ExcerptLine
from juncture.model.evidence import Citation, Kind, Lane
from juncture.model.record import (
    Figure,
    Impact,
    Incident,
    Milestone,
    MilestoneName,
    MilestoneState,
    Participant,
    Postmortem,
    Section,
)

VOID = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}


class Document(HTMLParser):
    """Reads a page strictly: every element is closed in order, every id is there once."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids.append(value or "")

    def handle_startendtag(self, tag, attrs):
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "script"}:
            self.text += data

    def values(self, name: str) -> list[str]:
        return [value for _, found, value in self.attributes if found == name]


@pytest.fixture(scope="module")
def html() -> str:
    return page(sample.postmortem(), sample.excerpts())


@pytest.fixture(scope="module")
def document(html) -> Document:
    return Document(html)


def test_every_id_is_there_once_and_every_link_within_leads_somewhere(document):
    assert len(document.ids) == len(set(document.ids))
    for name in ("popovertarget", "aria-labelledby"):
        assert set(document.values(name)) <= set(document.ids)
    assert {link[1:] for link in document.values("href") if link.startswith("#")} <= set(document.ids)


def test_the_file_asks_nothing_of_any_host(html, document):
    assert document.values("src") == []
    assert {link for link in document.values("href") if not link.startswith("#")} == {"https://wiki.example/deploys"}
    assert not re.search(r"url\((?!#)|@import|@font-face", html)
    assert document.values("style") == []


def test_the_policy_allows_this_style_and_this_script_and_nothing_else(html):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none';")
    for name in ("style", "script"):
        inside = re.search(rf"<{name}>(.*?)</{name}>", html, re.DOTALL)[1]
        digest = base64.b64encode(sha256(inside.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
        assert len(re.findall(rf"<{name}\b", html)) == 1
    assert "unsafe" not in policy


def test_the_same_record_gives_the_same_bytes(html):
    assert page(sample.postmortem(), sample.excerpts()) == html


def test_a_citation_opens_the_very_lines_and_the_list_names_their_artefact(html, document):
    opened = re.search(r'popovertarget="(excerpt-\d+)" aria-label="Evidence \d+: postgresql.log">', html)[1]
    popover = html[html.index(f'id="{opened}"') :]
    assert "process 30412 still waiting for AccessExclusiveLock" in popover[:2500]
    assert sample.artefact(sample.POSTGRES) in document.text


def test_a_footnote_of_the_summary_is_the_citation_of_its_event(html):
    summary = html[html.index('class="summary"') : html.index("<dl")]
    assert summary.count('class="cite"') == 3
    assert "[^e" not in summary


def test_one_place_has_one_number_everywhere(html):
    numbers = re.findall(r'popovertarget="excerpt-(\d+)" aria-label="Evidence (\d+): ', html)
    assert numbers
    assert all(one == other for one, other in numbers)
    assert html.count('class="excerpt"') == len(set(numbers))


def test_a_citation_without_an_excerpt_says_that_the_text_is_not_here():
    record = Postmortem(title="x", timeline=(sample.find("Gateway restarted"),))
    assert "The text of this place is not in this file." in page(record, {})


def test_both_times_of_an_event_are_in_the_list(document):
    assert "known 14:41:20, 35\N{NO-BREAK SPACE}min later" in document.text
    assert "nobody is shown to have seen it" in document.text


def test_uncertain_order_is_said_and_certain_is_not(html):
    lock = re.search(rf'<li id="event-{sample.find("AccessExclusiveLock").id}" class="([^"]*)"', html)[1]
    gateway = re.search(rf'<li id="event-{sample.find("Gateway").id}" class="([^"]*)"', html)[1]
    assert "unsure" in lock
    assert "unsure" not in gateway


def test_names_stay_out_and_roles_stand_in_their_place(document):
    assert "Incident commander:" in document.text
    for name in ("joost", "mara", "sanne"):
        assert name not in document.text


def test_figures_are_ranges_with_their_formula(document):
    assert "1,240–1,610\N{NO-BREAK SPACE}orders" in document.text
    assert "loss = Σ expected(t) − placed(t)" in document.text
    assert "214\N{NO-BREAK SPACE}tickets" in document.text
    assert "Not known" in document.text


def test_sections_stand_in_the_order_of_the_record_and_parts_without_one_after_them(html):
    headings = re.findall(r'<h2 id="section-[\w-]+-heading"><span class="at-rest">(.*?)</span>', html)
    written = [section.heading for section in sample.postmortem().sections if section.heading not in {"Summary", "Evidence"}]
    assert headings[: len(written)] == written
    assert "Who took part" in headings[len(written) :]


def test_a_part_that_a_section_shows_is_not_shown_again(html):
    assert html.count('class="lessons"') == 1
    assert html.count('id="timeline"') == 1


def test_absence_is_said_in_words():
    text = Document(page(Postmortem(title="Bare"), {})).text
    assert text.count("Not known") == 4
    assert "No summary yet." in text
    assert "This file cites no evidence." in text


def test_an_absent_and_an_impossible_milestone_give_their_reason():
    record = Postmortem(
        title="x",
        incident=Incident(started_at=sample.t("14:00:00")),
        milestones=(
            Milestone(MilestoneName.MITIGATED, None, MilestoneState.NOT_APPLICABLE, "users felt nothing"),
            Milestone(MilestoneName.RESOLVED, None, MilestoneState.INVALID, "resolved before it began"),
        ),
    )
    text = Document(page(record, {})).text
    assert "not applicableusers felt nothing" in text
    assert "Invalidresolved before it began" in text
    assert "14:00:00 UTC" in text


def test_where_nothing_shows_who_knew_what_the_page_says_so():
    unseen = tuple(msgspec.structs.replace(event, known_at=None, known_by=()) for event in sample.EVENTS)
    text = Document(page(msgspec.structs.replace(sample.postmortem(), timeline=unseen), {})).text
    assert "Nothing in this evidence shows who knew what, or when." in text


def test_times_are_those_of_the_zone_asked_for():
    text = Document(page(sample.postmortem(), {}, zone="Asia/Tokyo")).text
    assert "23:06:02 Asia/Tokyo" in text
    assert "Times in Asia/Tokyo." in text


def test_a_theme_can_be_asked_for():
    record = Postmortem(title="x")
    assert '<html lang="en" data-theme="dark">' in page(record, {}, theme=Theme.DARK)
    assert '<html lang="en">' in page(record, {})


def test_days_are_named_where_a_timeline_has_several():
    late = sample.event("14:00:00", Lane.SIGNAL, Kind.LOG, "the next day", sample.LOCK)
    shift = dt.timedelta(days=1)
    late = msgspec.structs.replace(
        late, occurred_at=late.occurred_at + shift, earliest=late.earliest + shift, latest=late.latest + shift, known_at=None
    )
    text = Document(page(Postmortem(title="x", timeline=(*sample.EVENTS, late)), {})).text
    assert "Wednesday 11 March 2026" in text


def test_a_page_of_sixty_key_events_with_long_excerpts_stays_small():
    lines = tuple(ExcerptLine(str(number), "x" * 110, number == 5) for number in range(11))
    events, excerpts = [], {}
    for each in range(60):
        citation = sample.cited(f"logs/application-{each % 7}.log", f"line:{each * 11}")
        when = f"14:{each:02}:00"
        events.append(sample.event(when, list(Lane)[each % 5], Kind.LOG, f"event {each} " + "y" * 120, citation))
        excerpts[citation] = Excerpt(f"application-{each % 7}.log", citation.place, lines)
    record = msgspec.structs.replace(sample.postmortem(), timeline=tuple(events), decisions=(), changes=())
    assert len(page(record, excerpts).encode()) < 400_000


def test_a_sentence_with_hundreds_of_places_names_a_few_and_counts_the_rest():
    event = sample.find("Gateway restarted")
    many = tuple(Citation(event.citations[0].artefact, "a.log", f"line:{number}") for number in range(300))
    html = page(Postmortem(title="x", timeline=(msgspec.structs.replace(event, citations=many),)), {})
    assert html.count('class="cite"') == 4
    assert "+296" in html


HOSTILE = '"><script>alert(7)</script><img src=x onerror=alert(7)> javascript:alert(7) \x00\ud800'


def _hostile(value):
    """Return the same value with every text made hostile."""
    if isinstance(value, msgspec.Struct):
        kept = {"id", "event", "label"} if not hasattr(value, "role") else {"id"}
        fields = {f.name: getattr(value, f.name) for f in msgspec.structs.fields(value)}
        return msgspec.structs.replace(
            value, **{name: found if name in kept else _hostile(found) for name, found in fields.items()}
        )
    if isinstance(value, tuple):
        return tuple(_hostile(each) for each in value)
    if isinstance(value, dict):
        return {f"{key}{HOSTILE}": _hostile(each) for key, each in value.items()}
    return f"{value} {HOSTILE}" if type(value) is str else value


def test_nothing_that_evidence_or_people_wrote_can_run():
    record = _hostile(sample.postmortem())
    record = msgspec.structs.replace(record, metadata={"state": HOSTILE})
    excerpts = {
        _hostile(citation): Excerpt(HOSTILE, HOSTILE, (ExcerptLine(HOSTILE, HOSTILE, hit=True),))
        for citation in sample.excerpts()
    }
    html = page(record, excerpts)
    html.encode("utf-8")
    document = Document(html)
    assert html.count("<script") == 1
    assert "alert(7)" not in re.search(r"<script>.*</script>", html, re.DOTALL)[0]
    assert not [name for _, name, _ in document.attributes if name.startswith("on")]
    assert not [value for value in document.values("href") if value.startswith("javascript")]
    assert {tag for tag, name, _ in document.attributes if name == "src"} == set()


@settings(deadline=None, max_examples=60)
@given(st.text(), st.text(), st.text())
def test_any_text_gives_a_whole_document(title, prose, summary):
    event = msgspec.structs.replace(sample.EVENTS[3], summary=summary, actor=prose, service=title)
    record = Postmortem(
        title=title,
        sections=(Section(title, prose), Section("Summary", summary), Section("x", f"<!-- juncture:timeline -->\n\n{prose}")),
        timeline=(event,),
        participants=(Participant(title, prose, summary),),
    )
    document = Document(page(record, {}))
    assert len(document.ids) == len(set(document.ids))


@pytest.mark.parametrize(
    ("low", "mid", "high", "unit", "said"),
    [
        (1240, 1398.4, 1610, "orders", "1,240–1,610\u00a0orders"),
        (0.00012, 0.0002, 0.00031, "s", "0.00012–0.00031\u00a0s"),
        (36.2, 38, 39.9, "%", "36.2–39.9\u00a0%"),
        (-12, 3, 18, "orders", "−12 to 18\u00a0orders"),
        (5, 5, 5, "€", "€\u00a05"),
        (2.5, 2.5, 2.5, "h", "2.5\u00a0h"),
    ],
)
def test_a_range_is_said_as_finely_as_it_is_worth(low, mid, high, unit, said):
    assert figure_text(Figure(name="x", unit=unit, low=low, mid=mid, high=high, formula="")) == said


@given(st.floats(), st.floats(), st.floats())
def test_any_figure_can_be_shown(low, mid, high):
    figure = Figure(name="x", unit="u", low=low, mid=mid, high=high, formula="f")
    figure_text(figure)
    range_bar(figure)
    page(Postmortem(title="x", impact=Impact((figure,))), {})


def test_a_number_is_never_scientific():
    assert number(1e15) == "1,000,000,000,000,000"
    assert number(0) == "0"


def test_the_two_dark_palettes_are_the_same():
    css = files("juncture.document.html").joinpath("assets/tokens.css").read_text("utf-8")
    blocks = re.findall(r":root(?::not)?\(?\[data-theme[^{]*\{([^}]*)\}", css)
    one, other = (re.findall(r"(--[\w-]+): ([^;]+);", block) for block in blocks)
    assert one == other


def _palette(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", block))


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    *((ink, ground, 4.5) for ink in ("ink", "ink-2", "ink-3", "act") for ground in ("page-ground", "surface", "sunken", "hover")),
    *((ink, ground, 4.5) for ink in ("ink", "ink-2") for ground in ("phase-undetected", "phase-detected", "phase-diagnosing", "phase-mitigating", "phase-recovering")),
    *((lane, ground, 3) for lane in ("lane-signal", "lane-change", "lane-people", "lane-decision", "lane-customer") for ground in ("surface", "phase-undetected", "phase-recovering", "fog")),
    ("on-fog", "fog", 4.5), ("ink", "fog", 4.5), ("on-juncture", "juncture", 4.5), ("juncture", "page-ground", 4.5), ("on-mark", "mark", 4.5),
    ("bad", "bad-ground", 4.5), ("good", "good-ground", 4.5), ("warn", "warn-ground", 4.5), ("good", "page-ground", 4.5), ("warn", "page-ground", 4.5),
    *((f"who-{seat}", ground, 4.5) for seat in range(8) for ground in ("page-ground", "surface")), *(("on-who", f"who-{seat}", 4.5) for seat in range(8)),
    ("line-firm", "page-ground", 3), ("focus", "page-ground", 3), ("range-mid", "range", 3),
]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_marks_stand_out_from_every_ground_that_they_stand_on(theme):
    css = files("juncture.document.html").joinpath("assets/tokens.css").read_text("utf-8")
    light, dark = css.split("@media screen and (prefers-color-scheme: dark)")
    palette = _palette(light) if theme == "light" else _palette(light) | _palette(dark)
    weak = [(ink, ground, _contrast(palette[f"--{ink}"], palette[f"--{ground}"])) for ink, ground, least in PAIRS
            if _contrast(palette[f"--{ink}"], palette[f"--{ground}"]) < least]  # fmt: skip
    assert weak == []


def test_sizes_and_colours_stand_in_one_file_only():
    folder = files("juncture.document.html").joinpath("assets")
    for name in STYLES[1:-1]:
        css = folder.joinpath(name).read_text("utf-8")
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![\w-])", re.sub(r"#[a-z-]+", "", css)), name
        used = set(re.findall(r"var\((--[\w-]+)", css))
        defined = set(re.findall(r"(--[\w-]+):", folder.joinpath("tokens.css").read_text("utf-8"))) | {"--lane", "--phase"}
        assert used <= defined, name
