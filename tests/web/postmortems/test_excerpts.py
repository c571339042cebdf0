"""Whose evidence a document may show: rights follow the incident, never the hash."""

from tests.web.conftest import CHAT

from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.postmortems.operations import import_file
from juncture.web.postmortems.selectors import excerpts_for, postmortem, postmortems

SECRET = "zzSECRET"


def test_a_file_that_names_the_artefact_of_another_incident_shows_nothing_of_it(viewer, person, work):
    from juncture.web.access.selectors import viewer_of

    creator = viewer_of(person("author", "creator@example.org"))
    chat = CHAT.replace("checkout", f"checkout {SECRET}")
    receive_into_new(creator, [pasted(chat)], title="", visibility="restricted", date=None, zone="UTC")
    work()
    theirs = postmortem(creator, postmortems(creator)[0][0].id)
    shown = excerpts_for(theirs)
    assert any(SECRET in line.text for excerpt in shown.values() for line in excerpt.lines)
    cited = next(citation for citation, excerpt in shown.items() if any(SECRET in line.text for line in excerpt.lines))
    footnote = f"[^e1]: 14:01:00 UTC, pasted: what it says (event {'0' * 32}, {cited.artefact}, {cited.place})"
    row, _ = import_file(viewer, f"# Mine\n\n## Summary\n\nIt failed at 14:01.[^e1]\n\n{footnote}\n".encode())
    mine = postmortem(viewer, row.public_id)
    assert cited.artefact in {each.artefact for each in excerpts_for(theirs)}
    assert excerpts_for(mine) == {}
