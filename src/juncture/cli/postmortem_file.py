"""A postmortem as a file: which form, by its suffix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from juncture.document.record_file import RecordFile, read, write
from juncture.evidence.artefact import decode
from juncture.evidence.places import Excerpt
from juncture.model.errors import BadEvidence
from juncture.model.evidence import Citation, Series
from juncture.model.record import Postmortem

PRACTICES = ("google", "amazon-coe", "netflix-oops")
SUFFIXES = (".md", ".json", ".html", ".pdf")


def written(
    postmortem: Postmortem | RecordFile, suffix: str, excerpts: Mapping[Citation, Excerpt], series: Sequence[Series] = ()
) -> str | bytes:
    """Return a postmortem in the form of `suffix`. Raises NoPdf where what writes PDF is not installed.

    `excerpts` are what an HTML page opens at its citations; of `series` it draws those that are cited.
    """
    record = postmortem.record if isinstance(postmortem, RecordFile) else postmortem
    if suffix == ".md":
        return write(postmortem)
    if suffix == ".json":
        return msgspec.json.format(msgspec.json.encode(record), indent=2).decode() + "\n"
    from juncture.document.html.edition import Edition  # noqa: PLC0415 - only HTML needs the renderer
    from juncture.document.html.page import page  # noqa: PLC0415

    whole = page(record, excerpts, edition=Edition(series=tuple(series)))
    if suffix == ".pdf":
        from juncture.document.pdf import pdf  # noqa: PLC0415 - an extra

        return pdf(whole)
    return whole


def read_postmortem(path: str, data: bytes) -> RecordFile:
    """Return the postmortem that a file holds: JSON as this program writes it, else Markdown.

    Raises BadEvidence, naming file and place, for JSON that is no postmortem, for text that is not UTF-8 and for none at all.
    """
    if Path(path).suffix.lower() == ".json":
        try:
            record = msgspec.json.decode(data, type=Postmortem)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadEvidence(path, f"is no postmortem in JSON: {error}", "`juncture schema` prints the form") from None
        return RecordFile("", record)
    if not data.strip():
        raise BadEvidence(path, "is empty: there is no postmortem in it", "Check the name")
    try:
        return read(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        if b"\x00" in data[:4096] or data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return read(decode(data))
        raise BadEvidence(f"{path}, line {line}", "is not UTF-8 text", "Save it as UTF-8") from None
