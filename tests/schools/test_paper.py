"""On which paper a school prints follows from where it is."""

import pytest

from webapp.schools.models import School
from webapp.schools.paper import A4, LETTER, usual_paper


@pytest.mark.parametrize(
    ("zone", "paper"),
    [
        ("America/Chicago", LETTER),
        ("America/Mexico_City", LETTER),
        ("Pacific/Honolulu", LETTER),
        ("Asia/Manila", LETTER),
        ("America/Argentina/Cordoba", A4),
        ("America/Lima", A4),
        ("Europe/Madrid", A4),
        ("UTC", A4),
    ],
)
def test_a_school_prints_on_the_paper_of_its_country(zone: str, paper: str) -> None:
    assert usual_paper(School(name="Our School", timezone=zone)) == paper
