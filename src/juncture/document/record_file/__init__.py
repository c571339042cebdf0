"""The record file: a postmortem as one Markdown file, lossless both ways.

`write(read(text))` is `text`, byte for byte, for every text; `read(write(record)).record` is `record`, for every record;
`rewrite` keeps the bytes of every object, section and key that did not change. The form is documented in
`docs/record-file.md`.
"""

from juncture.document.record_file.reading import RecordFile, read
from juncture.document.record_file.writing import rewrite, write

__all__ = ["RecordFile", "read", "rewrite", "write"]
