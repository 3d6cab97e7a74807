"""On which paper a school prints."""

from typing import Final

from webapp.schools.models import School

A4: Final = "a4"
LETTER: Final = "letter"
# South of Colombia, A4 is what lies in the printer.
WITH_A4: Final = ("America/Argentina/", "America/Sao_Paulo", "America/Lima", "America/Montevideo", "America/Asuncion")


def usual_paper(school: School) -> str:
    """Letter in North America and most of the countries that took it over, A4 elsewhere."""
    american = school.timezone.startswith(("America/", "US/", "Canada/", "Mexico/")) or school.timezone in {
        "Pacific/Honolulu",
        "Asia/Manila",
    }
    return LETTER if american and not school.timezone.startswith(WITH_A4) else A4
