"""What the lines of a file say once columns and words are known; what is wrong is told line by line."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from webapp.culture.vocabulary import GroupSize, Setting, Trait
from webapp.observing.import_columns import HEARD, NONE, NOT_HEARD, OUT, UNKNOWN, USUAL, Columns, Kind, Words
from webapp.observing.import_times import NoTime
from webapp.observing.importing import Line, LineFault, Reading, Wrong, identified, read
from webapp.web.csv_tables import read as read_table

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
HALL, LOUNGE = UUID(int=1), UUID(int=2)
SCHOOL, NEIGHBOUR = UUID(int=3), UUID(int=4)
USUALLY = {HALL: Setting.PASSING, LOUNGE: Setting.BREAK}
COLUMNS = Columns(time=0, place=1, setting=2, heard=3, size=4)
WORDS: Words = {
    Kind.PLACE: {"Hall": str(HALL), "Lounge": str(LOUNGE), "Gym": OUT},
    Kind.SETTING: {"Talk": "one_to_one", "": USUAL},
    Kind.TRAIT: {"Evidence": "evidence", "Action": "action", "Weather": NONE, "": NONE, "Test": OUT},
    Kind.SIZE: {"3": "2-3", "": UNKNOWN},
}


def said(*lines: str, columns: Columns = COLUMNS, words: Words = WORDS) -> Reading:
    table = read_table("\n".join(("when,where,setting,heard,size", *lines)).encode())
    return read(table, columns, words, usual=USUALLY, zone=ZONE, now=NOW)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 3, hour, minute, tzinfo=ZONE).astimezone(UTC)


def test_a_line_becomes_a_listen_in() -> None:
    reading = said('2026-11-03 9:15,Hall,Talk,"Evidence, Action",3', "11/3/2026 10:00,Lounge,,Weather,")
    assert reading.lines == [
        Line(2, at(9, 15), HALL, Setting.ONE_TO_ONE, Trait.EVIDENCE | Trait.ACTION, GroupSize.FEW),
        Line(3, at(10), LOUNGE, Setting.BREAK, Trait(0), None),
    ]
    assert (reading.faults, reading.left_out) == ([], 0)


def test_answers_in_a_column_for_each_trait_are_put_together() -> None:
    answers = (None, 2, None, None, None, None, 3)
    words: Words = {Kind.PLACE: WORDS[Kind.PLACE], Kind.ANSWER: {"yes": HEARD, "no": NOT_HEARD, "": NOT_HEARD}}
    columns = Columns(time=0, place=1, answers=answers)
    reading = said("2026-11-03 9:00,Hall,yes,no,", "2026-11-03 9:00,Hall,,yes,", columns=columns, words=words)
    assert [line.heard for line in reading.lines] == [Trait.EVIDENCE, Trait.ACTION]
    assert [line.setting for line in reading.lines] == [Setting.PASSING] * 2


def test_lines_with_a_word_that_is_left_out_are_left_out_whatever_else_they_say() -> None:
    reading = said("soon,Gym,Talk,,", '2026-11-03 9:00,Hall,,"Evidence, Test",', "2026-11-03 9:00,Hall,,,")
    assert (len(reading.lines), reading.left_out, reading.faults) == (1, 2, [])


def test_everything_that_is_wrong_is_told_with_its_line() -> None:
    reading = said("soon,Attic,Talk,Evidence,3", "", "2026-11-03 9:00,Hall,,Gossip,3,more", "2026-11-03 9:00,Hall,,,")
    assert reading.faults == [
        LineFault(2, NoTime.UNREADABLE, "when", "soon"),
        LineFault(2, Wrong.WORD, "where", "Attic", Kind.PLACE),
        LineFault(4, Wrong.WORD, "heard", "Gossip", Kind.TRAIT),
        LineFault(4, Wrong.TOO_LONG, "", "more"),
    ]
    assert (reading.faulty, [line.number for line in reading.lines]) == (2, [5])


def test_ids_of_our_own_file_are_read_and_none_may_stand_there_twice() -> None:
    columns = Columns(time=0, place=1, heard=3, source=4)
    one = "00000000-0000-7000-8000-000000000009"
    lines = [f"2026-11-03 9:00,Hall,,,{source}" for source in (one, one, "mine")]
    reading = said(*lines, columns=columns)
    assert [line.source for line in reading.lines] == [UUID(one)]
    assert [(fault.number, fault.wrong) for fault in reading.faults] == [(3, Wrong.ID_TWICE), (4, Wrong.NO_ID)]


def line(number: int, when: datetime, place: UUID = HALL, source: UUID | None = None) -> Line:
    return Line(number, when, place, Setting.PASSING, Trait.EVIDENCE, None, source)


def test_a_line_has_the_same_id_whenever_it_is_read_and_another_in_another_school() -> None:
    lines = [line(2, at(9)), line(3, at(10)), line(4, at(10), LOUNGE)]
    first = identified(SCHOOL, lines, ZONE)
    assert list(first.values()) == lines
    assert list(identified(SCHOOL, lines, ZONE)) == list(first)
    assert not set(identified(NEIGHBOUR, lines, ZONE)) & set(first)


def test_lines_alike_within_an_hour_are_numbered_and_ids_do_not_tell_the_minute() -> None:
    first = list(identified(SCHOOL, [line(2, at(9, 5)), line(3, at(9, 50))], ZONE))
    assert len(set(first)) == 2
    assert list(identified(SCHOOL, [line(2, at(9)), line(3, at(9))], ZONE)) == first


def test_lines_of_our_own_file_go_by_their_id() -> None:
    source = UUID(int=9)
    first = identified(SCHOOL, [line(2, at(9), source=source)], ZONE)
    assert list(first) == list(identified(SCHOOL, [line(7, at(11), LOUNGE, source)], ZONE))
    assert source not in first
