"""Pictures as evidence: which bytes are one, and when it was taken, as far as the file or its name says."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import NamedTuple

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
"""As Pillow names them; no other is ever decoded."""
HEADER_LIMIT = 64 * 1024 * 1024
"""Bytes of one picture that are held: no screenshot and hardly a photograph has more."""
MOST_PIXELS = 40_000_000
"""Pixels of a picture that is drawn: a screen of 8K has 33 million. Each takes four bytes while it is."""
WIDEST = 1600
_EXIF_IFD, _TAKEN, _OFFSET, _FRACTION = 0x8769, 0x9003, 0x9011, 0x9291
"""Exif 2.32, 4.6.5: DateTimeOriginal, OffsetTimeOriginal, SubSecTimeOriginal."""
_EXIF_TIME = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_EXIF_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)")
_IN_NAME = re.compile(
    r"(?<!\d)(20\d\d)([-_. ]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])"
    r"(?:[-_T. ,]|[-_ ]+(?:at|um|à|a las|às|alle ore|om|kl\.?)[-_ \u202f\u00a0]+)\s*"
    r"([01]?\d|2[0-3])([-_.:h]?)([0-5]\d)(?:\6([0-5]\d)(?:\d{3})?)?(?!\d)(?:[ \u202f\u00a0]*([AaPp])\.?[Mm])?"
)
"""`Screenshot 2026-03-02 at 14.32.07`, `IMG_20260302_143207`, `Screenshot from 2026-03-02 14-32-07`."""
_IN_UTC = re.compile(r"PXL_")
"""Pixel telephones name their photographs by UTC."""


class Taken(NamedTuple):
    """When a picture was taken, by a clock whose zone may not be told (None); `by` says what tells it."""

    local: datetime
    zone: tzinfo | None
    width_seconds: float
    by: str


class Picture(NamedTuple):
    """What the header of a picture says."""

    width: int
    height: int
    taken: Taken | None


def is_picture(start: bytes) -> bool:
    """Whether bytes begin as a PNG, JPEG, WebP or GIF does."""
    return start.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")) or (
        start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    )


def picture_of(data: bytes, name: str) -> Picture:
    """Return size and time of a picture, decoding none of it. Raises ValueError where its header cannot be read."""
    from PIL import Image  # noqa: PLC0415 - slow to import, and needed only where there is a picture

    try:
        with warnings.catch_warnings():
            # A picture of too many pixels is no danger here, where none of them is decoded.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                size, exif = image.size, image.getexif()
                told = _in_exif(exif.get_ifd(_EXIF_IFD)) or _in_text(image.info)
    except Exception as error:
        # Pillow answers broken headers by many kinds of error, from struct.error to SyntaxError.
        raise ValueError(str(error) or type(error).__name__) from error
    return Picture(*size, told or time_in_name(name))


def drawn(data: bytes, widest: int = WIDEST) -> bytes:
    """Return a picture as a PNG of its pixels alone, no side longer than `widest`. Raises ValueError where it is none.

    Nothing that came with it is kept: no place, no comment, no second picture behind the first.
    """
    from PIL import Image, ImageFile, ImageOps  # noqa: PLC0415 - as above

    # What writes PDF lets the whole process draw pictures whose end is missing; as evidence those are refused.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ValueError(f"it has {image.width:,} x {image.height:,} pixels; {MOST_PIXELS:,} are drawn at most")  # noqa: TRY301
                image.draft("RGB", (widest, widest))
                turned = ImageOps.exif_transpose(image)
                plain = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
        plain.thumbnail((widest, widest))
        fresh = Image.frombytes(plain.mode, plain.size, plain.tobytes())
        out = io.BytesIO()
        fresh.save(out, "PNG")
    except Exception as error:
        # As above: what is broken in a picture shows as any kind of error.
        raise ValueError(str(error) or type(error).__name__) from error
    return out.getvalue()


def time_in_name(name: str) -> Taken | None:
    """Return the time that the name of a file gives, None if it gives none."""
    file = re.split(r"[/\\]", name)[-1]
    match = _IN_NAME.search(file)
    if match is None:
        return None
    year, _, month, day, hour, _, minute, second, half = match.groups()
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half in "pP" else 0)
    with suppress(ValueError):
        local = datetime(int(year), int(month), int(day), hours, int(minute), int(second or 0))  # noqa: DTZ001 - a wall clock
        return Taken(local, UTC if _IN_UTC.match(file) else None, 1 if second else 60, "its name")
    return None


def _in_exif(fields: Mapping[int, object]) -> Taken | None:
    match = _EXIF_TIME.match(str(fields.get(_TAKEN, "")))
    if match is None:
        return None
    with suppress(ValueError):
        local = datetime(*(int(part) for part in match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - six numbers; a wall clock
        fraction = str(fields.get(_FRACTION, "")).strip()
        exact = fraction.isdecimal() and len(fraction) <= 6
        if exact:
            local += timedelta(microseconds=int(fraction.ljust(6, "0")))
        return Taken(local, _zone_of(str(fields.get(_OFFSET, ""))), 0 if exact else 1, "the camera's mark in it")
    return None


def _zone_of(text: str) -> tzinfo | None:
    match = _EXIF_ZONE.match(text.strip())
    if match is None or int(match[2]) > 14:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))


def _in_text(info: Mapping[str | tuple[int, int], object]) -> Taken | None:
    """Return the `Creation Time` of a PNG (RFC 1123 by the specification, ISO 8601 by many programs)."""
    text = info.get("Creation Time")
    if not isinstance(text, str):
        return None
    value: datetime | None = None
    with suppress(ValueError):
        value = datetime.fromisoformat(text.strip())
    if value is None:
        with suppress(ValueError, TypeError, IndexError):
            value = parsedate_to_datetime(text)
    return Taken(value.replace(tzinfo=None), value.tzinfo, 1, "the time of creation in it") if value else None
