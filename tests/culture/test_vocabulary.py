"""The words of the wire, their order and the numbers they are stored as."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.culture.vocabulary import (
    ALL,
    TRAITS,
    GroupSize,
    PlaceKind,
    Role,
    Setting,
    Trait,
    trait_words,
    usual_setting,
)

WIRE = ["substantive", "evidence", "inquiry", "nondefensive", "personal", "knowledge", "action"]


def test_traits_stand_in_wire_order_one_bit_each() -> None:
    assert [trait.word for trait in TRAITS] == WIRE
    assert [int(trait) for trait in TRAITS] == [1, 2, 4, 8, 16, 32, 64]
    assert sum(TRAITS) == ALL


@given(st.lists(st.sampled_from(WIRE)))
def test_words_become_a_set_whatever_their_order(words: list[str]) -> None:
    assert trait_words(Trait.from_words(words)) == [word for word in WIRE if word in words]


@given(st.integers(0, ALL))
def test_every_set_of_traits_survives_the_wire(heard: int) -> None:
    assert Trait.from_words(trait_words(heard)) == heard


@pytest.mark.parametrize("word", ["", "Action", "actions", "warmth", "1"])
def test_a_word_that_is_no_trait_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="is not a trait"):
        Trait.from_words(["action", word])


@pytest.mark.parametrize("number", [-1, 128, 1000])
def test_a_number_that_is_no_set_of_traits_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="no set of traits"):
        trait_words(number)


@pytest.mark.parametrize("number", [0, 3, 127])
def test_only_one_trait_has_a_word(number: int) -> None:
    with pytest.raises(ValueError, match="not one trait"):
        _ = Trait(number).word


def test_codes_are_those_of_every_database() -> None:
    assert [str(setting) for setting in Setting] == [
        "passing", "break", "team_meeting", "staff_meeting", "one_to_one", "other",
    ]  # fmt: skip
    assert [str(kind) for kind in PlaceKind] == [
        "hallway", "lounge", "meeting_room", "classroom", "office", "library", "cafeteria", "outdoors", "other",
    ]  # fmt: skip
    assert [str(role) for role in Role] == ["district_admin", "admin", "observer", "staff"]
    assert [str(size) for size in GroupSize] == ["2-3", "4-7", "8+"]
    assert [Setting.PASSING.code, Setting.OTHER.code, PlaceKind.OTHER.code, GroupSize.MANY.code] == [0, 5, 8, 2]


@pytest.mark.parametrize("words", [Setting, PlaceKind, Role, GroupSize])
def test_codes_lead_back_to_their_words(words: type[Setting | PlaceKind | Role | GroupSize]) -> None:
    assert [words.from_code(word.code) for word in words] == list(words)


@pytest.mark.parametrize("code", [-1, 6])
def test_an_unknown_code_is_refused(code: int) -> None:
    with pytest.raises(ValueError, match="is no Setting"):
        Setting.from_code(code)


def test_every_kind_of_place_suggests_a_setting() -> None:
    assert [str(usual_setting(kind)) for kind in PlaceKind] == [
        "passing", "break", "team_meeting", "team_meeting", "one_to_one", "team_meeting", "break", "passing", "other",
    ]  # fmt: skip
