"""How far two observers agree: the published figures, statsmodels, and what happens at the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from tests.promises import promise
from webapp.culture.agreement import (
    Coefficient,
    Table,
    agree,
    agreed,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
)
from webapp.culture.tally import Tally
from webapp.culture.vocabulary import TRAITS, Trait

# Gwet's two abstractors and three diagnoses.
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]

tables = st.lists(st.lists(st.integers(0, 40), min_size=2, max_size=2), min_size=2, max_size=2)
heard = st.integers(0, 127).map(Trait)


def some(found: Coefficient | None) -> Coefficient:
    assert found is not None
    return found


def turned(table: Table) -> list[list[int]]:
    return [list(column) for column in zip(*table, strict=True)]


@promise("STATISTICS-14")
@pytest.mark.parametrize(
    ("table", "kappa", "digits"),
    [
        ([[20, 5], [10, 15]], 0.40, 2),
        ([[118, 5], [2, 0]], -0.0234, 4),
        (ABSTRACTORS, 0.7964, 4),
        # Feinstein & Cicchetti 1990: the paradox.
        ([[40, 9], [6, 45]], 0.70, 2),
        ([[80, 10], [5, 5]], 0.32, 2),
    ],
)
def test_kappa_is_the_published_one(table: Table, kappa: float, digits: int) -> None:
    assert round(some(cohen_kappa(table)).value, digits) == kappa


@promise("STATISTICS-14")
@pytest.mark.parametrize(("table", "ac1"), [([[118, 5], [2, 0]], 0.9408), (ABSTRACTORS, 0.8493)])
def test_ac1_is_the_published_one(table: Table, ac1: float) -> None:
    assert round(some(gwet_ac1(table)).value, 4) == ac1


@promise("STATISTICS-14")
def test_alpha_is_the_published_one() -> None:
    assert round(krippendorff_alpha(ABSTRACTORS) or 0, 4) == 0.7973


@promise("STATISTICS-14")
def test_errors_and_intervals_are_those_of_gwets_own_program() -> None:
    """As the overview of his R package irrCAC prints them."""
    kappa, ac1 = some(cohen_kappa(ABSTRACTORS)), some(gwet_ac1(ABSTRACTORS))
    assert (round(kappa.error, 8), round(kappa.low, 2), round(kappa.high, 3)) == (0.05891072, 0.68, 0.913)
    assert (round(ac1.error, 8), round(ac1.low, 3), round(ac1.high, 3)) == (0.04321747, 0.764, 0.935)


@promise("STATISTICS-14")
def test_kappa_agrees_with_statsmodels_on_ten_thousand_tables() -> None:
    random = np.random.default_rng(14)
    for table in random.integers(1, 60, (10_000, 2, 2)):
        theirs = cohens_kappa(table, return_results=False)
        assert abs(some(cohen_kappa(table.tolist())).value - theirs) < 1e-12


@promise("STATISTICS-14")
def test_the_error_of_kappa_agrees_with_statsmodels() -> None:
    random = np.random.default_rng(15)
    for size in (2, 3, 4):
        for table in random.integers(1, 60, (400, size, size)):
            assert abs(some(cohen_kappa(table.tolist())).error - cohens_kappa(table).std_kappa) < 1e-12


@promise("STATISTICS-14")
def test_errors_are_those_that_a_simulation_sees() -> None:
    random = np.random.default_rng(15)
    for coefficient in (cohen_kappa, gwet_ac1):
        drawn = random.multinomial(96, np.array(ABSTRACTORS).ravel() / 100, 1500).reshape(-1, 3, 3)
        values = [some(coefficient(table.tolist())).value for table in drawn]
        assert np.std(values) == pytest.approx(some(coefficient(ABSTRACTORS)).error, rel=0.1)


@promise("STATISTICS-14")
def test_alpha_is_one_less_observed_by_expected_disagreement_over_all_pairs_of_judgements() -> None:
    random = np.random.default_rng(16)
    for table in random.integers(0, 6, (40, 3, 3)):
        units = [(row, column) for (row, column), count in np.ndenumerate(table) for _each in range(count)]
        judgements = [judged for unit in units for judged in unit]
        pairs = [
            one != other
            for place, one in enumerate(judgements)
            for another, other in enumerate(judgements)
            if place != another
        ]
        expected = 1 - np.mean([first != second for first, second in units]) / np.mean(pairs)
        assert krippendorff_alpha(table.tolist()) == pytest.approx(expected)


@promise("STATISTICS-14")
@given(tables)
def test_whose_table_it_is_and_what_is_named_first_does_not_matter(table: list[list[int]]) -> None:
    renamed = [row[::-1] for row in table[::-1]]
    for other in (turned(table), renamed):
        for coefficient in (cohen_kappa, gwet_ac1):
            ours, theirs = coefficient(table), coefficient(other)
            assert (ours is None) == (theirs is None)
            if ours and theirs:
                assert (ours.value, ours.low, ours.high) == pytest.approx((theirs.value, theirs.low, theirs.high))
        assert krippendorff_alpha(other) == pytest.approx(krippendorff_alpha(table))


@given(tables)
def test_a_coefficient_lies_in_its_interval_and_agreement_is_its_most(table: list[list[int]]) -> None:
    for found in (cohen_kappa(table), gwet_ac1(table)):
        if found:
            assert -1 <= found.low <= found.value <= found.high <= 1 + 1e-12
            assert found.error >= 0
            assert (round(found.value, 9) == 1) == (agreed(table).heard == agreed(table).n)


@given(st.integers(1, 30), st.integers(1, 30))
def test_agreeing_on_all_is_no_proof(both: int, neither: int) -> None:
    for found in (some(cohen_kappa([[both, 0], [0, neither]])), some(gwet_ac1([[both, 0], [0, neither]]))):
        assert found.value == pytest.approx(1)
        assert found.low < 1 - 1 / (both + neither + 4)


def test_of_nothing_and_of_what_chance_alone_explains_nothing_is_said() -> None:
    assert cohen_kappa([[0, 0], [0, 0]]) is None
    assert gwet_ac1([[0, 0], [0, 0]]) is None
    assert krippendorff_alpha([[0, 0], [0, 0]]) is None
    assert cohen_kappa([[9, 0], [0, 0]]) is None
    assert krippendorff_alpha([[9, 0], [0, 0]]) is None
    # AC1 has an answer there, and that is what it is for.
    assert some(gwet_ac1([[9, 0], [0, 0]])).value == 1
    assert agreed([[0, 0], [0, 0]]).rate is None


@pytest.mark.parametrize("table", [[], [[1]], [[1, 2]], [[1, 2], [3]], [[1, -1], [0, 2]], [[1, 2, 3], [1, 2, 3]]])
def test_what_is_no_table_is_refused(table: Table) -> None:
    with pytest.raises(ValueError, match="no table"):
        cohen_kappa(table)


@given(st.lists(st.tuples(heard, heard), max_size=25))
def test_two_observers_agree_trait_by_trait(pairs: list[tuple[Trait, Trait]]) -> None:
    found = agree(pairs)
    assert found.n == len(pairs)
    assert [each.trait for each in found.traits] == list(TRAITS)
    for each in found.traits:
        same = sum((first & each.trait) == (second & each.trait) for first, second in pairs)
        assert each.agreed == Tally(same, len(pairs))
        assert each.table[0][0] == sum(bool(first & second & each.trait) for first, second in pairs)
        assert each.kappa == cohen_kappa(each.table)
        assert each.ac1 == gwet_ac1(each.table)


def test_alpha_is_over_all_conversations_and_traits_together() -> None:
    everything, nothing = Trait(127), Trait(0)
    assert agree([(everything, everything), (nothing, nothing)]).alpha == 1.0
    assert (agree([(everything, nothing), (nothing, everything)]).alpha or 0) < 0
    assert agree([]).alpha is None
