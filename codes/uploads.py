"""Files that staff upload: streamed to disk, and refused where they are too large, with nothing of them kept."""

import time
from pathlib import Path

from django.conf import settings
from django.core.files.uploadhandler import (
    SkipFile,
    StopUpload,
    TemporaryFileUploadHandler,
    UploadFileException,
)

from codes.cms.archive import MAX_FILE

KEEP = {"texts-*": 1, "import-*": 30}  # days until a file that nobody came back for is deleted
ROOM = 1024 * 1024  # what a form sends beside its file
# A browser shows an answer only once it has sent all: up to here the rest is read and thrown away.
READ_OUT = 2 * 1024**3


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """The view finds no file where one was too large, and says so: `was_too_large`."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):  # noqa: N803 (Django's own name)
        self.content_length = content_length
        self.received = 0

    def new_file(self, *args, **kwargs):
        if self.content_length > MAX_FILE + ROOM:
            raise self._refusal()
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data, start):
        self.received += len(raw_data)
        if self.received > MAX_FILE:
            raise self._refusal()
        super().receive_data_chunk(raw_data, start)

    def _refusal(self) -> UploadFileException:
        return StopUpload(connection_reset=True) if self.content_length > READ_OUT else SkipFile()


def folder() -> Path:
    """Where files wait for their confirmation; old ones are swept out."""
    settings.UPLOAD_DIR.mkdir(parents=True, exist_ok=True)
    for pattern, days in KEEP.items():
        for path in settings.UPLOAD_DIR.glob(pattern):
            if time.time() - path.stat().st_mtime > days * 24 * 3600:
                path.unlink(missing_ok=True)
    return settings.UPLOAD_DIR


def was_too_large(request) -> bool:
    return int(request.META.get("CONTENT_LENGTH") or 0) > MAX_FILE
