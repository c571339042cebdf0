"""The Markdown file of a postmortem: what somebody sent, byte for byte, as long as the record is what it gave."""

from __future__ import annotations

from hashlib import sha256

from juncture.document.record_file import read, rewrite, write
from juncture.model.record import Postmortem as Record
from juncture.web.access.errors import Invalid
from juncture.web.access.texts import is_storable
from juncture.web.postmortems.mapping import digest_of
from juncture.web.postmortems.models import Postmortem, SentText


def file_of(row: Postmortem, record: Record) -> bytes:
    """Return the file that says a row's record.

    The bytes that were sent, where the record is still what they gave; else those bytes changed where it differs, so that
    every object and section that is the same keeps its form.
    """
    sent = SentText.objects.filter(postmortem=row).first()
    if sent is None:
        return written(record)
    text = bytes(sent.text)
    if sent.record == digest_of(record):
        return text
    return rewrite(read(text.decode()), record).encode("utf-8", "replace")


def written(record: Record) -> bytes:
    """Return a record in the form of this house."""
    return write(record).encode("utf-8", "replace")


def keep_sent(row: Postmortem, text: bytes, record: Record) -> None:
    """Keep the bytes that gave a row's record. Call in the transaction that stored it."""
    SentText.objects.update_or_create(postmortem=row, defaults={"text": text, "record": digest_of(record)})


def etag_of(text: bytes) -> str:
    """Return the entity tag of a file."""
    return f'"{sha256(text).hexdigest()}"'


def decoded(text: bytes) -> str:
    """Return the text of a file that was sent. Raises Invalid, naming the line, for what is no text that can be kept."""
    try:
        whole = text.decode()
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise Invalid(f"Line {line} is not UTF-8. Save the file as UTF-8 and send it again.") from None
    if not is_storable(whole):
        line = whole.count("\n", 0, whole.index("\x00")) + 1
        raise Invalid(f"Line {line} holds a NUL, which no document can. Take it out and send the file again.")
    return whole
