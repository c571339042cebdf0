import csv
import datetime as dt
import io
import json
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact
from juncture.evidence.reader import Confidence, Settings
from juncture.evidence.readers.table import READER
from juncture.evidence.table_rows import layout_of, rows
from juncture.evidence.table_series import number_in
from juncture.model.evidence import Kind, Lane, LeftOut, Note, RecordDetails, Series, Sighting

START = dt.datetime(2026, 5, 19, 7, 40, tzinfo=dt.UTC)


def artefact_of(text, name="table.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return Artefact("sha256:0", name, len(data), lambda: io.BytesIO(data), name)


def read(text, **settings):
    return list(READER.session(Settings(today=dt.date(2026, 11, 1), **settings)).read(artefact_of(text)))


def events(text, **settings):
    return [item for item in read(text, **settings) if isinstance(item, Sighting)]


def confidence(text):
    return READER.recognise(artefact_of(text).head())


def instants(text, **settings):
    return [event.occurred_at for event in events(text, **settings)]


def test_a_header_with_a_column_of_times_is_a_table_and_anything_else_is_not_ours():
    assert confidence("datetime,message\n2026-05-19T07:40:00Z,up\n") is Confidence.LIKELY
    assert confidence("datetime,message\n2026-05-19T07:40:00Z,up\n,no time\n") is Confidence.PLAUSIBLE
    assert confidence("name,age\nkim,4\nlee,5\n") is Confidence.NO
    assert confidence("2026-05-19T07:40:00Z,up\n2026-05-19T07:41:00Z,down\n") is Confidence.NO
    assert confidence("2026-05-19 07:40:06,900 INFO up\n2026-05-19 07:40:07,900 INFO up\n") is Confidence.NO
    assert confidence('{"time": "2026-05-19T07:40:00Z", "a": 1}\n') is Confidence.NO
    assert confidence("") is Confidence.NO


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_dialect_of_a_spreadsheet_is_read(delimiter, encoding, end):
    sheet = [
        ["Zeit", "Ereignis", "Wer"],
        ["2026-05-19T07:40:00Z", f'say "hi"{delimiter} all', "Kim"],
        ["2026-05-19T07:41:00Z", "é\nzwei", ""],
    ]
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator=end).writerows(sheet)
    data = target.getvalue().encode(encoding)
    assert confidence(data) is Confidence.LIKELY
    one, two = events(data)
    assert (one.summary, one.actor, one.citation.place) == (f'say "hi"{delimiter} all', "Kim", "line:2")
    assert (two.summary.replace("\r", ""), two.citation.place) == ("é\nzwei", "line:3-4")


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (["1779176400", "1779176401.5"], [0, 1.5]),
        (["1779176400000", "1779176401500"], [0, 1.5]),
        (["1779176400000000", "1779176401500000"], [0, 1.5]),
        (["1779176400000000000", "1779176401500000000"], [0, 1.5]),
        (["1.7791764E+12", "1779176401500"], [0, 1.5]),
        (["2026-05-19T02:40:00-05:00", "2026-05-19T09:40:01.5+02:00"], [0, 1.5]),
        ([" 2026-05-19T07:40:00Z ", "2026-05-19 07:40:01.5 UTC"], [0, 1.5]),
        (["46161.319444444445", "46161.319456019"], [0, 1]),
        (["19.05.2026 07:40", "19.05.2026 07:41"], [0, 60]),
        (["5/19/2026 7:40 AM", "5/19/2026 7:41 AM"], [0, 60]),
        (["05/19/26 07:40:00", "05/19/26 07:40:01"], [0, 1]),
        (["May 19, 2026 @ 07:40:00.000", "May 19, 2026 @ 07:40:01.500"], [0, 1.5]),
        (["Tue May 19 2026 07:40:00 GMT+0000 (UTC)", "Tue May 19 2026 07:40:01 GMT+0000 (UTC)"], [0, 1]),
    ],
)
def test_times_are_read_as_a_column_in_whatever_form_and_unit(column, expected):
    text = "when;what\n" + "".join(f"{value};row {number}\n" for number, value in enumerate(column))
    assert [(instant - START).total_seconds() for instant in instants(text)] == expected


def test_epochs_of_several_units_in_one_column_are_each_read_in_their_own():
    text = "ts,message\n1779176400.5,a\n1779176401000,b\n1779176402000000,c\n1.779176403E+12,d\n1779176404000000000,e\n"
    assert [(at - START).total_seconds() for at in instants(text)] == [0.5, 1, 2, 3, 4]


def test_day_numbers_of_a_spreadsheet_may_have_a_decimal_comma():
    assert instants("Zeit;Ereignis\n46161,3194444444;Kasse steht\n46161,3229166667;zurück\n") == [
        START, START + dt.timedelta(minutes=5),
    ]  # fmt: skip


def test_a_column_of_zones_says_what_the_times_beside_it_mean():
    text = "time,utc_offset,event\n2026-05-19 02:40:00,-05:00,a\n2026-05-19 09:41:00,CEST,b\n2026-05-19T07:42:00Z,+09:00,c\n"
    assert [(at - START).total_seconds() for at in instants(text)] == [0, 60, 120]


def test_zones_in_brackets_and_east_asian_days_are_read():
    berlin = ZoneInfo("Europe/Berlin")
    assert instants("time,event\n2026-05-19 07:40:00 (UTC),a\n2026-05-19 07:45 (GMT),b\n", zone=berlin)[0] == START
    assert instants("日時,内容\n2026年5月19日 07:40,障害\n2026年5月19日 07:45,復旧\n")[0] == START


def test_a_number_that_is_no_plausible_epoch_is_no_time():
    assert instants("ts,msg\n1779176400,a\n-1,b\n1779176401,c\n1779176402,d\n") == [
        START + dt.timedelta(seconds=second) for second in range(3)
    ]


def test_a_column_of_offsets_into_a_queue_is_no_column_of_zones():
    assert instants("time,offset,event\n2026-05-19 07:40:00,120,a\n2026-05-19 07:41:00,121,b\n") == [
        START, START + dt.timedelta(minutes=1),
    ]  # fmt: skip


def test_log2timeline_writes_the_month_first():
    text = (
        "date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,inode,notes,format,extra\n"
        "05/06/2026,07:40:00,UTC,M...,LOG,syslog,Written,ana,db1,pool,pool exhausted,2,/var/log/x,1,-,text,-\n"
    )
    (event,) = events(text)
    assert event.occurred_at == dt.datetime(2026, 5, 6, 7, 40, tzinfo=dt.UTC)
    assert event.summary.startswith("pool exhausted")


def test_day_and_time_of_day_may_stand_apart():
    assert instants("Date,Time,Event\n2026-05-19,07:40,a\n2026-05-19,7:41:30 AM,b\n") == [
        START,
        START + dt.timedelta(seconds=90),
    ]


def test_times_of_day_alone_are_of_the_callers_day_and_cross_midnight():
    first, second = instants("Time,Event\n23:58,a\n00:03,b\n", date=dt.date(2026, 5, 19))
    assert (first.date(), second - first) == (dt.date(2026, 5, 19), dt.timedelta(minutes=5))
    assert any("no date" in item.why for item in read("Time,Event\n23:58,a\n") if isinstance(item, Note))


def test_a_zone_in_the_header_comes_before_the_callers():
    text = "Time (UTC),Event\n2026-05-19 07:40:00,a\n"
    assert instants(text, zone=ZoneInfo("Europe/Berlin")) == [START]
    assert instants(text.replace(" (UTC)", ""), zone=ZoneInfo("Europe/Berlin")) == [START - dt.timedelta(hours=2)]


def test_columns_are_told_by_name_and_the_others_are_kept():
    text = "datetime,timestamp_desc,message,host\n2026-05-19T07:40:00Z,Event,label printed,depot-3\n"
    (event,) = events(text)
    assert (event.kind, event.lane, event.summary) == (Kind.RECORD, Lane.SIGNAL, "label printed")
    assert event.details == RecordDetails({"timestamp_desc": "Event", "host": "depot-3"})
    (event,) = events("ts,door,open\n2026-05-19T07:40:00Z,front,yes\n")
    assert event.summary == "door=front, open=yes"


@pytest.mark.parametrize(
    ("type_", "lane"),
    [
        ("Deployment", Lane.CHANGE),
        ("Alert", Lane.SIGNAL),
        ("Chat", Lane.PEOPLE),
        ("Customer report", Lane.CUSTOMER),
        ("Decision", Lane.DECISION),
    ],
)
def test_a_column_of_types_tells_the_lane(type_, lane):
    assert events(f"time,type,event\n2026-05-19T07:40:00Z,{type_},something\n")[0].lane is lane


def test_an_exported_timeline_keeps_its_lanes_and_kinds():
    text = "occurred_at,lane,kind,summary\n2026-05-19T07:40:00Z,people,message,looks better\n"
    (event,) = events(text)
    assert (event.lane, event.kind, event.summary) == (Lane.PEOPLE, Kind.MESSAGE, "looks better")


def test_a_table_of_numbers_is_series_whose_turns_cite_their_rows():
    body = "".join(
        f"{(START + dt.timedelta(minutes=n)).isoformat()},{12 if 160 <= n < 186 else 100 + n * 7 % 9},{n}\n" for n in range(240)
    )
    found = read(f"timestamp,scans,rows\n{body}")
    scans, _ = (item for item in found if isinstance(item, Series))
    assert (scans.metric, len(scans.values), scans.source) == ("scans", 240, "table")
    turns = [item for item in found if isinstance(item, Sighting) and item.kind is Kind.TURN]
    assert ["line:162" in turn.citation.place for turn in turns][:1] == [True]


def test_labels_beside_a_value_tell_series_apart():
    text = "time,instance,metric,value\n" + "".join(
        f"2026-05-19T07:4{n}:00Z,{instance},up,{n}\n" for n in range(4) for instance in ("a", "b")
    )
    found = [item for item in read(text) if isinstance(item, Series)]
    assert [(series.metric, series.labels, series.values) for series in found] == [
        ("up", {"instance": "a"}, (0.0, 1.0, 2.0, 3.0)),
        ("up", {"instance": "b"}, (0.0, 1.0, 2.0, 3.0)),
    ]


def test_rows_that_cannot_be_read_are_counted_and_the_others_are_read():
    text = (
        'time,message\n2026-05-19T07:40:00Z,a\nnot a time,b\n,c\n2026-05-19T07:41:00Z,"never closed\n2026-05-19T07:42:00Z,d\n'
    )
    found = read(text)
    assert [event.summary for event in found if isinstance(event, Sighting)] == ["a", "never closed", "d"]
    assert [(item.where, item.damaged) for item in found if isinstance(item, LeftOut)] == [
        ("table.csv, line 3", True),
        ("table.csv, line 4", False),
        ("table.csv, line 5", True),
    ]


def test_equal_rows_are_told_apart_and_a_longer_export_keeps_their_ids():
    row = "2026-05-19T07:40:00Z,a\n"
    early, late = events(f"time,message\n{row * 2}"), events(f"time,message\n{row * 2}2026-05-19T07:41:00Z,b\n")
    assert [event.id for event in early] == [event.id for event in late[:2]]
    assert len({event.id for event in late}) == 3


def test_numbers_may_have_either_decimal_mark():
    assert [number_in(text) for text in ("1", "1.5", "1,5", "-2e3", "1e999", "x", "")] == [1, 1.5, 1.5, -2000, None, None, None]


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029"), max_size=12)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=12), st.sampled_from([",", ";", "\t"]))
def test_what_a_csv_writer_wrote_comes_back(table, delimiter):
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    found = list(rows(enumerate(target.getvalue().split("\n"), 1), delimiter))
    assert [row.cells for row in found] == [[cell.strip() for cell in row] for row in table]


@given(
    st.binary(max_size=300)
    | st.lists(st.sampled_from([",", '"', "\n", "a", "2026-05-19T07:40:00Z", "time", ";", "\r\n", "\x00"])).map("".join)
)
def test_no_bytes_break_it(data):
    text = b"time,message\n2026-05-19T07:40:00Z,a\n" + (data if isinstance(data, bytes) else data.encode())
    for given_bytes in (data if isinstance(data, bytes) else data.encode(), text):
        if READER.recognise(artefact_of(given_bytes).head()):
            for item in read(given_bytes):
                json.dumps(str(item), ensure_ascii=False).encode()
        layout_of(artefact_of(given_bytes).head().lines)
