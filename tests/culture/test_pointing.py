"""Cells that are worth another listen: few, sure, and far enough off."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.promises import promise
from webapp.culture.bands import Change
from webapp.culture.comparing import difference
from webapp.culture.pointing import Pointer, point_out
from webapp.culture.steadying import Law
from webapp.culture.tally import NOTHING, Tally

tallies = st.integers(0, 40).flatmap(lambda n: st.builds(Tally, st.integers(0, n), st.just(n)))
maps = st.lists(st.tuples(tallies, tallies), max_size=14)


def pointed(rows: list[tuple[Tally, ...]]) -> tuple[Pointer, ...]:
    columns = list(zip(*rows, strict=True))
    return point_out(rows, [Law.of(column) for column in columns])


def one_trait(*column: Tally) -> list[tuple[Tally, ...]]:
    return [(tally,) for tally in column]


@promise("STATISTICS-13")
def test_a_row_far_from_the_others_is_pointed_out() -> None:
    others = [Tally(heard, 30) for heard in (14, 15, 16, 15, 13, 17)]
    (low,) = pointed(one_trait(*others, Tally(2, 30)))
    rest = Tally(90, 180)
    assert low == Pointer(6, 0, Change.DOWN, rest, difference(Tally(2, 30), rest))
    (high,) = pointed(one_trait(Tally(29, 30), *others))
    assert (high.row, high.change) == (0, Change.UP)


@promise("STATISTICS-13")
def test_what_is_sure_but_nearer_than_ten_points_is_not_pointed_out() -> None:
    near = one_trait(*[Tally(5000, 10_000)] * 6, Tally(5400, 10_000))
    assert pointed(near) == ()
    assert len(pointed(one_trait(*[Tally(5000, 10_000)] * 6, Tally(6400, 10_000)))) == 1


@promise("STATISTICS-13")
def test_what_is_far_off_but_unsure_is_not_pointed_out() -> None:
    assert pointed(one_trait(*[Tally(15, 30)] * 6, Tally(1, 5))) == ()


@promise("STATISTICS-13")
@pytest.mark.parametrize("few", [Tally(0, 4), NOTHING])
def test_of_less_than_five_nothing_is_asked(few: Tally) -> None:
    assert pointed(one_trait(*[Tally(300, 300)] * 6, few)) == ()


@promise("STATISTICS-13")
def test_of_fewer_than_four_rows_nothing_is_asked() -> None:
    assert pointed(one_trait(Tally(0, 50), Tally(50, 50), Tally(50, 50), NOTHING)) == ()
    assert pointed([]) == ()
    assert point_out([(), ()], []) == ()


@promise("STATISTICS-13")
def test_at_most_three_are_pointed_out_the_least_likely_ones_in_the_order_of_the_map() -> None:
    alike = [Tally(20, 40)] * 12
    found = pointed(one_trait(Tally(36, 40), *alike, Tally(2, 40), Tally(35, 40), Tally(39, 40), Tally(37, 40)))
    assert [pointer.row for pointer in found] == [13, 15, 16]


@promise("STATISTICS-13")
def test_where_all_rows_are_alike_hardly_any_map_has_one() -> None:
    random = np.random.default_rng(13)
    with_one = 0
    for _map in range(150):
        n = random.integers(0, 40, 20)
        columns = [[Tally(int(x), int(of)) for x, of in zip(random.binomial(n, p), n, strict=True)] for p in (0.3, 0.6)]
        with_one += bool(pointed(list(zip(*columns, strict=True))))
    assert with_one <= 0.1 * 150


@promise("STATISTICS-13")
@given(maps)
def test_pointers_point_at_cells_that_lie_on_their_side(rows: list[tuple[Tally, ...]]) -> None:
    found = pointed(rows)
    assert len(found) <= 3
    assert [(each.row, each.column) for each in found] == sorted((each.row, each.column) for each in found)
    for each in found:
        tally = rows[each.row][each.column]
        assert tally.n >= 5
        assert each.others + tally == sum((row[each.column] for row in rows), NOTHING)
        assert each.difference == difference(tally, each.others)


@promise("STATISTICS-13")
@settings(max_examples=40)
@given(maps)
def test_not_heard_is_the_mirror_of_heard(rows: list[tuple[Tally, ...]]) -> None:
    mirrored = pointed([tuple(Tally(tally.n - tally.heard, tally.n) for tally in row) for row in rows])
    turned = {Change.UP: Change.DOWN, Change.DOWN: Change.UP}
    assert {(each.row, each.column, each.change) for each in mirrored} == {
        (each.row, each.column, turned[each.change]) for each in pointed(rows)
    }


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="each law"):
        point_out([(NOTHING, NOTHING)], [Law.of([])])
