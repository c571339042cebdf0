"""What a reader finds on the page: addresses of sentences, decisions as they looked, states of now, no prompts."""

from __future__ import annotations

import re

import msgspec
from tests.document import sample

from juncture.document.html.edition import Correction, Edition, Revision
from juncture.document.html.page import article, page
from juncture.document.prompts import prompt
from juncture.model.record import ActionState, Milestone, MilestoneName, MilestoneState, Postmortem, Section

READERS = Edition(for_authors=False)


def sentence_id(html: str, words: str) -> str:
    return re.findall(r'<span class="sentence" id="([^"]+)">', html[: html.index(words)])[-1]


def test_the_address_of_a_sentence_survives_edits_elsewhere_and_names_its_section():
    record = sample.postmortem()
    before = sentence_id(page(record, {}), "Migrations run")
    others = tuple(
        msgspec.structs.replace(section, markdown=f"Something new. {section.markdown}\n\nAnd more.")
        for section in record.sections
    )
    after = sentence_id(page(msgspec.structs.replace(record, sections=others), {}), "Migrations run")
    assert before == after
    assert before.startswith("background.")


def test_a_sentence_that_stands_twice_has_two_addresses():
    html = page(Postmortem(title="x", sections=(Section("Notes", "It failed. It failed. It failed."),)), {})
    ids = re.findall(r'class="sentence" id="([^"]+)"', html)
    assert ids == [ids[0], f"{ids[0]}-2", f"{ids[0]}-3"]


def test_two_sections_of_one_heading_have_two_addresses():
    html = page(Postmortem(title="x", sections=(Section("Notes", "a"), Section("Notes", "b"))), {})
    assert 'id="section-notes"' in html
    assert 'id="section-notes-2"' in html


def test_a_decision_shows_what_was_known_then_and_nothing_that_came_later():
    html = page(sample.postmortem(), {})
    decision = html[html.index('id="decision-2"') : html.index('id="decision-3"')]
    known = decision[decision.index("Known then") : decision.index("Also possible")]
    assert "Gateway restarted" in known
    assert "AccessExclusiveLock" not in known
    assert "provider: no fault" not in known
    assert (
        decision.index("Known then")
        < decision.index("Chosen")
        < decision.index("Reason given")
        < decision.index("What followed")
    )


def test_a_decision_of_which_nothing_was_known_says_so():
    unseen = tuple(msgspec.structs.replace(event, known_at=None, known_by=()) for event in sample.EVENTS)
    html = page(msgspec.structs.replace(sample.postmortem(), timeline=unseen), {})
    assert "The evidence shows nowhere who knew what." in html


def test_actions_show_the_state_of_now_and_the_one_that_was_published():
    record = sample.postmortem()
    now = tuple(msgspec.structs.replace(action, state=ActionState.VERIFIED) for action in record.actions)
    as_of = sample.t("09:30:00", day=20)
    here = article(record, {}, edition=Edition(actions=(*now[:3], None)))
    rows = here[here.index('id="actions"') :]
    assert "3 of 4 verified, as of now." in rows
    assert "Open when published" in rows
    assert "renamed or removed since" in rows
    filed = page(record, {}, edition=Edition(actions=now, as_of=as_of))
    assert "4 of 4 verified, as of <time" in filed
    assert "Friday 20 March 2026, 09:30 UTC" in filed


def test_readers_see_no_prompt_and_no_question_and_authors_see_both():
    sections = (
        Section("Summary", f"It failed.\n\n{prompt('how long')}"),
        Section("Lessons", f"{prompt('what went well')}\n\n<!-- juncture:lessons -->"),
        Section("Open questions", "Somebody who was there can answer.\n\n<!-- juncture:questions -->"),
    )
    record = Postmortem(title="x", sections=sections, questions=("Who told customers?",))
    for_authors, for_readers = article(record, {}), article(record, {}, edition=READERS)
    assert "To write" in for_authors
    assert "Who told customers?" in for_authors
    assert "It failed." in for_readers
    for words in ("To write", "Who told customers?", "Open questions", "Lessons", "Nothing here yet"):
        assert words not in for_readers


def test_a_near_miss_says_so_and_five_sentences_are_all_of_it():
    prose = "A migration nearly ran. It was stopped. Nobody felt it. A review found it. We check now."
    html = article(
        Postmortem(title="x", sections=(Section("Summary", prose),)), {}, edition=Edition(near_miss=True, for_authors=False)
    )
    assert "Near miss" in html
    assert html.count('class="sentence"') == 5
    for words in ("Not known", "not applicable", "Nothing here yet", "chip bad", "No summary"):
        assert words not in html


def test_a_near_miss_still_tells_what_is_known_of_it():
    milestone = Milestone(MilestoneName.DETECTED, sample.t("14:00:00"), MilestoneState.FOUND, "seen in review")
    html = article(Postmortem(title="x", milestones=(milestone,)), {}, edition=Edition(near_miss=True))
    assert "14:00:00" in html
    assert "Not known" not in html


def test_corrections_stand_as_a_difference_with_who_when_and_why():
    correction = Correction("Summary", "Between 1,020 and 1,180 orders.", "Between 1,240 and 1,610 orders.")
    revision = Revision(2, sample.t("09:12:00", day=16), "facilitator", "Orders paid by voucher were left out.", (correction,))
    html = article(sample.postmortem(), {}, edition=Edition(revisions=(revision,)))
    assert "<del>Between 1,020 and 1,180 orders.</del><ins>Between 1,240 and 1,610 orders.</ins>" in html
    assert "Publication 2" in html
    assert "facilitator. Orders paid by voucher were left out." in html


def test_a_cited_picture_stands_at_its_event_and_is_what_its_number_opens():
    event = sample.find("Connection pool")
    artefact = event.citations[0].artefact
    html = article(sample.postmortem(), {}, edition=Edition(images={artefact: "/images/1"}))
    entry = html[html.index(f'<li id="event-{event.id}"') :]
    assert '<img src="/images/1" alt="Evidence: errors.json" loading="lazy">' in entry[: entry.index("</li>")]
    assert re.search(r'class="excerpt" popover="auto".*?<img src="/images/1"', html)


def test_the_contents_name_every_section_and_what_follows_the_article():
    html = article(sample.postmortem(), {}, edition=Edition(also=(("related", "Seen before"),)))
    contents = html[html.index('class="contents') :]
    for name in ("#title", "#section-impact", "#section-actions", "#evidence-list", "#related"):
        assert f'href="{name}"' in contents
