import bz2
import gzip
import hashlib
import io
import lzma
import random
import struct
import tarfile
import tempfile
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact
from juncture.evidence.walk import Limits, safe_label, walk

DAY = b'[{"type": "message", "text": "rolling back"}]'


def walked(data, label="export", limits=None):
    """Return (text by label, what was left out), having read every artefact twice against its hash."""
    found, left = {}, []
    for item in list(walk(label, lambda: io.BytesIO(data), limits or Limits(), tempfile.TemporaryFile)):
        if isinstance(item, Artefact):
            for _ in range(2):
                with item.open() as stream:
                    content = stream.read()
                assert len(content) == item.size
                assert f"sha256:{hashlib.sha256(content).hexdigest()}" == item.hash
            assert item.label not in found
            found[item.label] = content
        else:
            left.append(item)
    return found, left


def zipped(members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(members, mode="w", form=tarfile.PAX_FORMAT):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, format=form) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def noise(size, seed=1):
    return random.Random(seed).randbytes(size)


def test_a_plain_file_is_one_artefact_under_its_own_label():
    found, left = walked(DAY, "day.json")
    assert found == {"day.json": DAY}
    assert left == []


@pytest.mark.parametrize(
    "data",
    [
        zipped({"a/day.json": DAY}),
        zipped({"a/day.json": DAY}, zipfile.ZIP_STORED),
        zipped({"a/day.json": DAY}, zipfile.ZIP_BZIP2),
        tarred({"a/day.json": DAY}),
        tarred({"a/day.json": DAY}, form=tarfile.USTAR_FORMAT),
        tarred({"a/day.json": DAY}, form=tarfile.GNU_FORMAT),
        tarred({"./a/day.json": DAY}),
        tarred({"/a/day.json": DAY}),
        tarred({"a/day.json": DAY}, "w:gz"),
        tarred({"a/day.json": DAY}, "w:bz2"),
        tarred({"a/day.json": DAY}, "w:xz"),
        zipped({"C:\\a\\day.json": DAY}),
    ],
    ids=["zip", "stored", "bzip2", "pax", "ustar", "gnu", "dot", "absolute", "tgz", "tbz", "txz", "drive"],
)
def test_members_of_every_kind_of_archive_are_artefacts(data):
    assert walked(data) == ({"export!/a/day.json": DAY}, [])


@pytest.mark.parametrize(
    ("label", "pack"), [("app.log.gz", gzip.compress), ("app.log.bz2", bz2.compress), ("app.log.xz", lzma.compress)]
)
def test_a_packed_file_is_the_file_in_it(label, pack):
    found, left = walked(pack(b"12:00 error\n" * 500_000), label)
    assert found == {f"{label}!/app.log": b"12:00 error\n" * 500_000}
    assert left == []


def test_packed_streams_that_follow_each_other_are_one_file():
    found, _ = walked(gzip.compress(b"one\n") + gzip.compress(b"two\n") + b"\0" * 512, "a.gz")
    assert found == {"a.gz!/a": b"one\ntwo\n"}


def test_archives_within_archives_are_labelled_by_their_way():
    inner = zipped({"c.json": DAY, "d.json": noise(400_000)})
    found, left = walked(tarred({"b.zip": inner, "e.gz": gzip.compress(DAY)}, "w:gz"), "a.tar.gz")
    assert set(found) == {"a.tar.gz!/b.zip!/c.json", "a.tar.gz!/b.zip!/d.json", "a.tar.gz!/e.gz!/e"}
    assert found["a.tar.gz!/b.zip!/d.json"] == noise(400_000)
    assert left == []


def test_a_zip_in_a_packed_zip_member_is_walked():
    found, _ = walked(zipped({"outer/inner.zip": zipped({"day.json": DAY}) + b""}), "e.zip")
    assert found == {"e.zip!/outer/inner.zip!/day.json": DAY}


def test_what_an_operating_system_leaves_beside_files_is_counted_together_and_is_no_damage():
    names = ["__MACOSX/export/._day.json", "export/.DS_Store", "export/._day.json", "Thumbs.db"]
    found, left = walked(zipped({"export/day.json": DAY, **dict.fromkeys(names, b"\0\5\x16\7")}))
    assert set(found) == {"export!/export/day.json"}
    assert [(item.count, item.damaged) for item in left] == [(4, False)]


def test_empty_files_are_named():
    found, left = walked(zipped({"empty.json": b"", "day.json": DAY}))
    assert set(found) == {"export!/day.json"}
    assert [(item.where, item.why, item.damaged) for item in left] == [("export!/empty.json", "is empty", False)]


@pytest.mark.parametrize("data", [zipped({"../../etc/cron.d/x": DAY, "b": DAY}), tarred({"a/../../x": DAY, "b": DAY})])
def test_a_name_that_leads_out_of_the_archive_is_refused_and_the_rest_read(data):
    found, left = walked(data)
    assert found == {"export!/b": DAY}
    assert left[0].damaged
    assert "leads out" in left[0].why


def test_links_and_devices_are_refused():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in [("s", tarfile.SYMTYPE), ("h", tarfile.LNKTYPE), ("c", tarfile.CHRTYPE), ("p", tarfile.FIFOTYPE)]:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("day.json")
        info.size = len(DAY)
        archive.addfile(info, io.BytesIO(DAY))
    found, left = walked(buffer.getvalue())
    assert found == {"export!/day.json": DAY}
    assert [item.where for item in left] == ["export!/s", "export!/h", "export!/c", "export!/p"]


def test_a_symbolic_link_in_a_zip_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    found, left = walked(buffer.getvalue())
    assert not found
    assert "symbolic link" in left[0].why


def test_an_encrypted_member_is_named_and_the_rest_read():
    data = bytearray(zipped({"secret.json": DAY, "day.json": DAY}))
    at = data.index(b"PK\1\2")
    data[at + 8] |= 1
    found, left = walked(bytes(data))
    assert found == {"export!/day.json": DAY}
    assert left[0].where == "export!/secret.json"
    assert "encrypted" in left[0].why
    assert left[0].damaged


def test_a_packing_that_is_not_read_is_named():
    data = bytearray(zipped({"a.json": DAY, "b.json": DAY}))
    at = data.index(b"PK\1\2")
    data[at + 10] = 9
    found, left = walked(bytes(data))
    assert set(found) == {"export!/b.json"}
    assert "Deflate64" in left[0].why


def test_a_wrong_checksum_is_said_and_the_bytes_are_read():
    data = bytearray(zipped({"a.json": DAY, "b.json": DAY}, zipfile.ZIP_STORED))
    data[data.index(b"rolling")] ^= 1
    found, left = walked(bytes(data))
    assert found["export!/b.json"] == DAY
    assert len(found["export!/a.json"]) == len(DAY)
    assert "checksum" in left[0].why
    assert left[0].damaged


def test_what_stands_before_the_damage_in_a_packed_member_is_read():
    lines = b"".join(b"%d error %d\n" % (n, n * 7919 % 1000) for n in range(100_000))
    data = bytearray(zipped({"app.log": lines, "day.json": DAY}))
    data[len(data) // 2 : len(data) // 2 + 40] = b"\xff" * 40
    found, left = walked(bytes(data))
    assert found["export!/day.json"] == DAY
    whole = found["export!/app.log"]
    assert lines.startswith(whole[: len(whole) // 2])
    assert len(whole) > len(lines) // 3
    assert [item.damaged for item in left] == [True]


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_of_a_zip_that_was_cut_off_the_whole_members_are_read(packing):
    data = zipped({"a.json": DAY, "b.json": noise(100_000), "c.json": noise(100_000, 2)}, packing)
    found, left = walked(data[:150_000])
    assert found["export!/a.json"] == DAY
    assert found["export!/b.json"] == noise(100_000)
    assert noise(100_000, 2).startswith(found["export!/c.json"])
    assert any(item.damaged and "cut off" in item.why for item in left)
    assert any(item.damaged and item.where == "export!/c.json" for item in left)


def test_of_a_streamed_zip_that_was_cut_off_the_whole_members_are_read():
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.data = b""

        def writable(self):
            return True

        def write(self, data):
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", DAY)
        archive.writestr("b.json", DAY + DAY)
    found, left = walked(pipe.data[: pipe.data.index(b"PK\1\2")])
    assert found == {"export!/a.json": DAY, "export!/b.json": DAY + DAY}
    assert [item.damaged for item in left] == [True]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_of_a_tar_that_was_cut_off_the_whole_members_are_read(mode):
    data = tarred({"a.json": DAY, "b.json": noise(200_000)}, mode)
    found, left = walked(data[:150_000])
    assert found["export!/a.json"] == DAY
    assert noise(200_000).startswith(found["export!/b.json"])
    assert any(item.damaged for item in left)


def test_a_tar_that_goes_on_as_something_else_says_so():
    data = bytearray(tarred({"a.json": DAY, "b.json": DAY, "c.json": DAY}))
    second = data.index(b"b.json")
    data[second : second + 512] = b"\xff" * 512
    found, left = walked(bytes(data))
    assert "export!/a.json" in found
    assert any(item.damaged and "makes no sense" in item.why for item in left)


def test_a_packed_file_that_was_cut_off_is_read_as_far_as_it_goes():
    lines = b"".join(b"%d error\n" % n for n in range(300_000))
    packed = gzip.compress(lines)
    found, left = walked(packed[: len(packed) // 2], "app.log.gz")
    whole = found["app.log.gz!/app.log"]
    assert lines.startswith(whole)
    assert len(whole) > len(lines) // 3
    assert [(item.where, item.damaged) for item in left] == [("app.log.gz!/app.log", True)]


def test_other_bytes_after_the_end_of_a_packed_file_are_said():
    found, left = walked(gzip.compress(DAY) + b"garbage", "a.gz")
    assert found == {"a.gz!/a": DAY}
    assert [item.damaged for item in left] == [True]


def test_a_bomb_of_one_member_stops_at_the_ratio():
    limits = Limits(ratio=100, ratio_from=1_000_000)
    found, left = walked(zipped({"zeros": b"\0" * 50_000_000, "day.json": DAY}), limits=limits)
    assert found == {"export!/day.json": DAY}
    assert "100 times" in left[0].why
    assert left[0].damaged


def test_a_bomb_of_many_members_stops_at_the_total():
    limits = Limits(total=1_000_000)
    found, left = walked(zipped({f"{n}": b"x" * 400_000 for n in range(5)}), limits=limits)
    assert set(found) == {"export!/0", "export!/1"}
    assert len(left) == 3
    assert all(item.damaged for item in left)


def test_a_bomb_inside_a_packed_tar_does_not_fill_the_disk():
    limits = Limits(ratio=100, ratio_from=1_000_000)
    found, left = walked(tarred({"zeros": b"\0" * 50_000_000}, "w:xz"), limits=limits)
    assert not found
    assert left[0].damaged


def test_members_that_share_their_bytes_are_refused():
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = kernel.compress(b"a" * 100_000) + kernel.flush()
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0, zlib.crc32(b"a" * 100_000), len(packed), 100_000, 1, 0)
    body = local + b"k" + packed
    entry = struct.Struct("<4sHHHHHHIIIHHHHHII")
    directory = b"".join(
        entry.pack(b"PK\1\2", 20, 20, 0, 8, 0, 0, zlib.crc32(b"a" * 100_000), len(packed), 100_000, 4, 0, 0, 0, 0, 0, 0)
        + b"%04d" % n
        for n in range(500)
    )
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 500, 500, len(directory), len(body), 0)
    found, left = walked(body + directory + end)
    assert len(found) <= 1
    assert len(left) >= 499
    assert "shares its bytes" in left[0].why


def test_archives_within_archives_end_at_the_depth():
    data = DAY
    for _ in range(8):
        data = zipped({"r.zip": data})
    found, left = walked(data, limits=Limits(depth=5))
    assert not found
    assert "deeper than 5" in left[0].why


def test_too_many_members_end_the_walk_and_say_so():
    found, left = walked(zipped({f"{n}.json": DAY for n in range(20)}), limits=Limits(members=7))
    assert len(found) == 7
    assert left[-1].damaged
    assert "more than 7 files" in left[-1].why


def test_a_name_without_end_is_refused():
    found, left = walked(zipped({"x" * 5000: DAY, "day.json": DAY}))
    assert set(found) == {"export!/day.json"}
    assert "5,000 characters" in left[0].why
    assert len(left[0].where) < 1100


def test_a_pax_header_without_end_is_not_held_in_memory():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("day.json")
        info.size = len(DAY)
        info.pax_headers = {"comment": "x" * (20 * 1024 * 1024)}
        archive.addfile(info, io.BytesIO(DAY))
    found, left = walked(buffer.getvalue())
    assert not found
    assert left[0].damaged


@pytest.mark.parametrize(("stored", "read"), [("prüfé".encode("cp437"), "prüfé"), ("prüf".encode(), "prüf")])
def test_names_are_read_in_the_encodings_that_zips_have(stored, read):
    data = zipped({"x" * len(stored): DAY}).replace(b"x" * len(stored), stored)
    assert walked(data)[0] == {f"export!/{read}": DAY}


def test_names_cannot_write_to_a_terminal_or_hide_their_direction():
    found, _ = walked(zipped({"a\x1b[31m\u202egnp.json": DAY, "b\nc": DAY}))
    assert set(found) == {"export!/a\\x1b[31m\\u202egnp.json", "export!/b\\nc"}


def test_two_members_of_one_name_are_both_read():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for content in (b"one", b"two"):
            info = tarfile.TarInfo("a.log")
            info.size = 3
            archive.addfile(info, io.BytesIO(content))
    assert walked(buffer.getvalue())[0] == {"export!/a.log": b"one", "export!/a.log (2)": b"two"}


@pytest.mark.parametrize("magic", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x00", b"\x28\xb5\x2f\xfd"])
def test_an_archive_of_a_kind_that_is_not_read_says_what_to_do(magic):
    found, left = walked(magic + noise(100))
    assert not found
    assert "give the unpacked" in left[0].why


def test_a_file_that_cannot_be_opened_is_one_line():
    def refuse():
        raise PermissionError(13, "Permission denied")

    [left] = walk("day.json", refuse, Limits(), tempfile.TemporaryFile)
    assert left.damaged
    assert left.why == "cannot be read: Permission denied"


def test_a_file_that_grows_while_it_is_read_gives_the_bytes_that_were_hashed():
    content = bytearray(b"one\n")
    [artefact] = walk("app.log", lambda: io.BytesIO(bytes(content)), Limits(), tempfile.TemporaryFile)
    content += b"two\n"
    assert artefact.text() == "one\n"


def test_artefacts_of_a_packed_archive_stay_readable_after_the_walk():
    items = list(
        walk("a.tgz", lambda: io.BytesIO(tarred({"a": b"one", "b": b"two"}, "w:gz")), Limits(), tempfile.TemporaryFile)
    )
    assert [item.text() for item in reversed(items)] == ["two", "one"]


def test_labels_keep_what_prints():
    assert safe_label("Vorfälle/日本 1.json") == "Vorfälle/日本 1.json"


ARCHIVES = [
    zipped({"a.json": DAY * 20, "b/c.json": noise(3000)}),
    zipped({"a.json": DAY * 20}, zipfile.ZIP_STORED),
    tarred({"a.json": DAY * 20, "b/c.json": noise(3000)}),
    tarred({"a.json": DAY * 20, "b.zip": zipped({"c": DAY})}, "w:gz"),
    tarred({"a.json": DAY * 20}, "w:xz"),
    gzip.compress(DAY * 50),
    bz2.compress(DAY * 50),
]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_bytes_break_the_walk_and_every_artefact_reads_as_it_was_hashed(data):
    archive = bytearray(data.draw(st.sampled_from(ARCHIVES)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(archive) - 1))
        archive[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    cut = data.draw(st.integers(len(archive) // 2, len(archive)))
    walked(bytes(archive[:cut]))


@given(data=st.binary(max_size=600))
def test_no_file_breaks_the_walk(data):
    found, left = walked(data)
    assert found or left
