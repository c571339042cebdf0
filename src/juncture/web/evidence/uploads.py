"""Files on their way in: written to the data folder as they come, under no name, so that a half one leaves nothing behind."""

from __future__ import annotations

import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http.multipartparser import MultiPartParserError


class Whole(FileUploadHandler):
    """Refuses a form that ends in the middle of a file: those before it are not taken alone."""

    _open = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Note that a file has begun, and leave a piece to who keeps it; of what is refused none comes."""
        del start
        self._open = True
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """End a file; who has kept it returns it."""
        del file_size
        self._open = False

    def upload_complete(self) -> None:
        """End the form. Raises MultiPartParserError."""
        if self._open:
            raise MultiPartParserError("the form ends in the middle of a file")


class OnDisk(FileUploadHandler):
    """Takes what is too large to be held. What a stranger or a reader sends is not even written."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever Django gives is handed on
        """Begin a file."""
        super().new_file(*args, **kwargs)
        viewer = getattr(self.request, "viewer", None)
        if viewer is None or not viewer.may_write:
            raise StopUpload(connection_reset=True)
        folder = settings.DATA / "uploads"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.stream = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the request

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece. Raises OSError where the disk is full."""
        del start
        self.stream.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """Return the whole file, at its beginning."""
        stream = self.stream
        del self.stream
        stream.seek(0)
        return UploadedFile(
            stream,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        """Let go of a file that did not come whole."""
        if stream := getattr(self, "stream", None):
            stream.close()
