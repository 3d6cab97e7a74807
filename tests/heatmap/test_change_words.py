"""What the charts over time and the next steps are read as, in both languages."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import sqrt
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from tests.acting.steps import decided
from tests.heatmap.weeks import EVIDENCE, MONDAY, drawn, week_of
from tests.promises import promise
from tests.world import World
from webapp.culture.sampling import ALIKE, design_effect
from webapp.culture.tally import Z_95
from webapp.culture.vocabulary import Trait
from webapp.heatmap import change_words
from webapp.heatmap.change import Changes


def sentence(app: Flask, changes: Changes, language: str = "en") -> str:
    with app.test_request_context(), force_locale(language):
        return change_words.reading(changes.series[EVIDENCE], changes.periods, changes.view.every)


def after(app: Flask, changes: Changes, language: str = "en") -> list[str]:
    with app.test_request_context(), force_locale(language):
        return [change_words.followed(each) for each in changes.series[EVIDENCE].tried]


SENTENCES = [
    pytest.param(
        [(1, 4)],
        "Heard in 1 of 4, which is too few to say how it usually is.",
        "Se oyó en 1 de 4, muy pocos para decir cómo suele ser.",
        id="too few",
    ),
    pytest.param(
        [(8, 20)] * 5,
        "Heard in 40 % of 100, in all conversations likely between 31 and 50 %; there is too little yet to tell a "
        "change from chance: 5 of 12 weeks.",
        "Se oyó en el 40 % de 100, en todas las conversaciones probablemente entre el 31 y el 50 %; aún hay muy poco "
        "para distinguir un cambio del azar: 5 de 12 semanas.",
        id="under twelve",
    ),
    pytest.param(
        [(8, 20)] * 13,
        "Heard in 40 % of 260, in all conversations likely between 34 and 46 %; it has moved no further than chance "
        "explains.",
        "Se oyó en el 40 % de 260, en todas las conversaciones probablemente entre el 34 y el 46 %; no se ha movido "
        "más de lo que explica el azar.",
        id="calm",
    ),
    pytest.param(
        [(4, 20)] * 5 + [(8, 20)] + [(12, 20)] * 5,
        "Since the week of September 14 heard in 60 %, before that in 23 %: a change by +37 points, likely between "
        "+24 and +48; worth a look, no proof.",
        "Desde la semana del 14 de septiembre se oyó en el 60 %, antes en el 23 %: un cambio de +37 puntos, "
        "probablemente entre +24 y +48; vale la pena mirarlo, no es una prueba.",
        id="a run",
    ),
    pytest.param(
        [(8, 20)] * 12 + [(13, 20)] * 3,
        "Since the week of October 26 heard in 65 %, before that in 40 %: a change by +25 points, likely between +11 "
        "and +37; worth a look, no proof.",
        "Desde la semana del 26 de octubre se oyó en el 65 %, antes en el 40 %: un cambio de +25 puntos, "
        "probablemente entre +11 y +37; vale la pena mirarlo, no es una prueba.",
        id="a drift until now",
    ),
    pytest.param(
        [(8, 20)] * 12 + [(13, 20)] * 3 + [(8, 20)],
        "From the week of October 26 to the week of November 9 heard in 65 %, before that in 40 %: a change by +25 "
        "points, likely between +11 and +37; worth a look, no proof.",
        "Desde la semana del 26 de octubre hasta la semana del 9 de noviembre se oyó en el 65 %, antes en el 40 %: un "
        "cambio de +25 puntos, probablemente entre +11 y +37; vale la pena mirarlo, no es una prueba.",
        id="a drift that was",
    ),
]


@promise("STATISTICS-18")
@pytest.mark.parametrize(("weeks", "english", "spanish"), SENTENCES)
def test_each_chart_is_read_in_one_sentence_with_its_uncertainty(
    app: Flask, db: Session, world: World, *, weeks: Sequence[tuple[int, int]], english: str, spanish: str
) -> None:
    for week, (some, n) in enumerate(weeks):
        week_of(db, world.ours, week, some, n)
    found = drawn(app, db, world)
    assert sentence(app, found) == english
    assert sentence(app, found, "es") == spanish
    assert english.count(". ") == 0


@promise("STATISTICS-18")
def test_a_week_that_stands_out_is_named(app: Flask, db: Session, world: World) -> None:
    for week in range(12):
        week_of(db, world.ours, week, 6, 20)
    week_of(db, world.ours, 12, 19, 20)
    found = drawn(app, db, world)
    assert sentence(app, found) == (
        "In the week of October 26 heard in 19 of 20, usually in 30 %: further off than chance explains, by +65 "
        "points, likely between +45 and +72; worth a look, no proof."
    )
    assert sentence(app, found, "es") == (
        "En la semana del 26 de octubre se oyó en 19 de 20, y lo habitual es el 30 %: más lejos de lo que explica el "
        "azar, por +65 puntos, probablemente entre +45 y +72; vale la pena mirarlo, no es una prueba."
    )


def test_of_several_weeks_that_stand_out_the_last_is_named(app: Flask, db: Session, world: World) -> None:
    for week in range(13):
        week_of(db, world.ours, week, 0 if week == 6 else 10, 20)
    week_of(db, world.ours, 14, 20, 20, days=2)
    found = drawn(app, db, world)
    assert sentence(app, found) == (
        "Further off than chance explains 2 times, last in the week of November 9, heard in 20 of 20, usually in 46 %: "
        "+54 points, likely between +37 and +60; worth a look, no proof."
    )
    assert sentence(app, found, "es") == (
        "Más lejos de lo que explica el azar 2 veces, la última en la semana del 9 de noviembre, con 20 de 20, cuando "
        "lo habitual es el 46 %: +54 puntos, probablemente entre +37 y +60; vale la pena mirarlo, no es una prueba."
    )


def test_a_busy_day_widens_and_is_told(app: Flask, db: Session, world: World) -> None:
    for week in range(6):
        week_of(db, world.ours, week, 2, 5)
    week_of(db, world.ours, 6, 30, 40, days=1)
    found = drawn(app, db, world)
    whole, sizes = found.series[EVIDENCE].whole, [1] * 30 + [40]
    assert found.busy_day == MONDAY + timedelta(weeks=6)
    assert whole.effect == pytest.approx(design_effect(sizes, alike=ALIKE))
    assert whole.likely == whole.tally.wilson(z=Z_95 * sqrt(whole.effect))
    assert whole.likely.width > whole.tally.wilson().width
    assert "wide because one day gives over a third" in sentence(app, found)
    assert "margen amplio porque un solo día aporta más de un tercio" in sentence(app, found, "es")


STEPS: list[tuple[dict[str, Any], list[tuple[int, int]], str]] = [
    (
        {"begins": MONDAY + timedelta(weeks=8)},
        [(4, 20)] * 8 + [(12, 20)] * 9,
        "In 8 weeks from that day on heard in 60 % of 160, in as many before in 20 % of 160: +40 points, likely "
        "between +30 and +49; worth a look, no proof.",
    ),
    (
        {"begins": MONDAY + timedelta(weeks=8)},
        [(4, 10)] * 8 + [(5, 10)] * 9,
        "In 8 weeks from that day on heard in 50 % of 80, in as many before in 40 % of 80: +10 points, which may be "
        "chance, likely between −5 and +25.",
    ),
    (
        {"begins": MONDAY + timedelta(weeks=8), "ends": MONDAY + timedelta(weeks=9, days=-1)},
        [(1, 2)] * 17,
        "In 1 week from that day on heard in 1 of 2, in as many before in 1 of 2: too few to compare.",
    ),
    (
        {"begins": date(2026, 11, 20)},
        [(4, 10)] * 17,
        "It was tried for less than a week, so there is nothing to compare yet.",
    ),
]


@promise("STATISTICS-19")
@pytest.mark.parametrize(("days", "weeks", "told"), STEPS)
def test_a_next_step_is_read_as_before_and_after(
    app: Flask, db: Session, world: World, *, days: dict[str, Any], weeks: list[tuple[int, int]], told: str
) -> None:
    decided(db, world.ours, **days)
    decided(db, world.neighbour, **days)
    for week, (some, n) in enumerate(weeks):
        week_of(db, world.ours, week, some, n)
    found = drawn(app, db, world)
    assert after(app, found) == [told]
    assert after(app, found, "es") != [told]
    assert [mark.number for mark in found.series[EVIDENCE].drawing.marks] == [1]
    assert all(not series.tried for series in found.series if series.trait is not Trait.EVIDENCE)
