"""What the words of the wire are called on a page."""

from collections.abc import Iterator

import pytest

from webapp.culture import words
from webapp.culture.bands import Band
from webapp.culture.vocabulary import TRAITS, GroupSize, PlaceKind, Role, Setting, Trait

LONGEST = {"name": 14, "gloss": 22, "meaning": 110, "look_for": 80, "question": 75}


def test_everything_on_the_wire_has_a_name() -> None:
    assert list(words.TRAIT_WORDS) == list(TRAITS)
    assert list(words.SETTING_NAMES) == list(Setting)
    assert list(words.PLACE_KIND_NAMES) == list(PlaceKind)
    assert list(words.ROLE_NAMES) == list(Role)
    assert list(words.GROUP_SIZE_NAMES) == list(GroupSize)


def test_every_band_that_can_be_published_has_its_words() -> None:
    assert [Band(of, j) for of, j in words.BAND_WORDS] == [Band(of, j) for of in (3, 5, 10) for j in range(of)]
    assert len(set(words.BAND_WORDS.values())) == 18
    assert list(words.SIZE_WORDS) == [3, 5, 10]


@pytest.mark.parametrize("trait", TRAITS, ids=lambda trait: trait.word)
def test_a_chip_takes_one_word_and_a_short_gloss(trait: Trait) -> None:
    said = words.TRAIT_WORDS[trait]
    assert len(said.name.split()) == 1
    assert 2 <= len(said.gloss.split()) <= 4


@pytest.mark.parametrize("trait", TRAITS, ids=lambda trait: trait.word)
def test_a_trait_is_explained_in_short_sentences(trait: Trait) -> None:
    said = words.TRAIT_WORDS[trait]
    assert len(set(said.look_fors)) == 3
    assert all(text.endswith(".") for text in (said.meaning, *said.look_fors))
    assert said.question.endswith("?")


def test_texts_fit_a_small_phone() -> None:
    assert [(part, text) for part, text in _parts() if len(text) > LONGEST[part]] == []


def test_texts_use_typographic_quotes() -> None:
    assert [text for _, text in _parts() if "'" in text or '"' in text] == []


def _parts() -> Iterator[tuple[str, str]]:
    for said in words.TRAIT_WORDS.values():
        yield from (("name", said.name), ("gloss", said.gloss), ("meaning", said.meaning), ("question", said.question))
        yield from (("look_for", look_for) for look_for in said.look_fors)
