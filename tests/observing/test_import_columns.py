"""What can be told of a file's columns and words by itself; the rest is asked."""

import pytest

from webapp.culture.vocabulary import TRAITS
from webapp.observing.import_columns import (
    HEARD,
    NONE,
    NOT_HEARD,
    UNKNOWN,
    USUAL,
    Columns,
    Guess,
    Kind,
    guess_columns,
    guess_word,
    normal,
    words_of,
)
from webapp.web.csv_tables import Table, read

PLACE = "00000000-0000-7000-8000-000000000001"
NAMES = {
    Kind.PLACE: {normal("North hallway"): PLACE, normal("Café = bar"): PLACE, normal("=Sum room"): PLACE},
    Kind.SETTING: {normal("In passing"): "passing", normal("passing"): "passing", normal("Reunión de equipo"): "team"},
    Kind.TRAIT: {normal(trait.word): trait.word for trait in TRAITS} | {normal("None of these"): NONE},
    Kind.SIZE: {normal("2-3"): "2-3"},
}
FORM = """Timestamp,Name,Where,Kind of talk,What did you hear?,How many?
11/3/2026 9:15:00,A,North hallway,In passing,"Evidence, Action",3
11/4/2026 9:15:00,B,Attic,Lunch,,
"""
GRID = """Marca temporal;Lugar;¿Qué oyó? [Evidence];¿Qué oyó? [Action];knowledge
13/11/2026 9:15:00;north HALLWAY;Sí;No;x
"""


def table(text: str) -> Table:
    return read(text.encode())


def test_a_google_form_with_boxes_to_tick_is_told_by_what_stands_in_it() -> None:
    assert guess_columns(table(FORM), NAMES) == Guess(time=0, place=2, setting=3, heard=4, answers=(None,) * 7, size=5)


def test_a_form_with_a_column_for_each_trait_is_told_by_its_headings() -> None:
    found = guess_columns(table(GRID), NAMES)
    assert (found.time, found.place, found.setting, found.heard) == (0, 1, None, None)
    assert found.answers == (None, 2, None, None, None, 4, 3)


def test_nothing_is_guessed_of_a_file_that_says_nothing() -> None:
    assert guess_columns(table("a,b\nc,d\n"), NAMES) == Guess(None, None, None, None, (None,) * 7, None)


def test_every_word_is_asked_once_and_how_often_it_stands_there() -> None:
    found = words_of(table(FORM), Columns(time=0, place=2, setting=3, heard=4, size=5))
    assert {kind: dict(words) for kind, words in found.items()} == {
        Kind.PLACE: {"North hallway": 1, "Attic": 1},
        Kind.SETTING: {"In passing": 1, "Lunch": 1},
        Kind.TRAIT: {"Evidence": 1, "Action": 1, "": 1},
        Kind.SIZE: {"3": 1, "": 1},
    }


def test_words_between_semicolons_may_hold_commas() -> None:
    found = words_of(table('when\twhat\n1\t"Evidence, shown;Action"\n2\tInquiry\n'), Columns(time=0, heard=1))
    assert dict(found[Kind.TRAIT]) == {"Evidence, shown": 1, "Action": 1, "Inquiry": 1}


def test_without_a_column_for_the_place_one_place_is_asked_for_all() -> None:
    found = words_of(table(FORM), Columns(time=0, heard=4))
    assert dict(found[Kind.PLACE]) == {"": 2}


@pytest.mark.parametrize(
    ("kind", "word", "meaning"),
    [
        (Kind.PLACE, "north  HALLWAY", PLACE),
        (Kind.PLACE, "Cafe bar", PLACE),
        (Kind.PLACE, "'=Sum room", PLACE),
        (Kind.PLACE, "Attic", None),
        (Kind.PLACE, "", None),
        (Kind.SETTING, "PASSING", "passing"),
        (Kind.SETTING, "reunion de equipo", "team"),
        (Kind.SETTING, "", USUAL),
        (Kind.SETTING, "Lunch", None),
        (Kind.TRAIT, "Evidence: what students show", "evidence"),
        (Kind.TRAIT, "Evidence (student work)", "evidence"),
        (Kind.TRAIT, "Evidence – seen", "evidence"),
        (Kind.TRAIT, "none of these", NONE),
        (Kind.TRAIT, "", NONE),
        (Kind.TRAIT, "Gossip", None),
        (Kind.ANSWER, "TRUE", HEARD),
        (Kind.ANSWER, "Sí", HEARD),
        (Kind.ANSWER, "✔", HEARD),
        (Kind.ANSWER, "x", HEARD),
        (Kind.ANSWER, "0", NOT_HEARD),
        (Kind.ANSWER, "", NOT_HEARD),
        (Kind.ANSWER, "a little", None),
        (Kind.SIZE, "2–3", "2-3"),
        (Kind.SIZE, "5", "4-7"),
        (Kind.SIZE, "4 to 7", "4-7"),
        (Kind.SIZE, "8 or more", "8+"),
        (Kind.SIZE, "8+", "8+"),
        (Kind.SIZE, "12", "8+"),
        (Kind.SIZE, "3-5", None),
        (Kind.SIZE, "a few", None),
        (Kind.SIZE, "9" * 5000, None),
        (Kind.SIZE, "", UNKNOWN),
    ],
)
def test_a_word_means_what_has_its_name(kind: Kind, word: str, meaning: str | None) -> None:
    assert guess_word(kind, word, NAMES) == meaning
