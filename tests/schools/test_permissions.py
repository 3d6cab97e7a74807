"""Who may do what in a school: the table, said once more in full, so that no change of it goes unnoticed."""

import pytest

from webapp.culture.vocabulary import Role
from webapp.schools.permissions import May, allowed

RECORDING = {May.RECORD, May.READ_FEED, May.READ_SETUP, May.SEE_HEATMAP, May.SEE_NEXT_STEPS}


@pytest.mark.parametrize("may", May)
def test_an_administrator_may_do_everything(may: May) -> None:
    assert allowed(Role.ADMIN, may)


@pytest.mark.parametrize("may", May)
def test_an_observer_records_and_sees_and_manages_nothing(may: May) -> None:
    assert allowed(Role.OBSERVER, may) == (may in RECORDING | {May.SEE_TRENDS})


@pytest.mark.parametrize("role", [Role.STAFF, Role.DISTRICT_ADMIN])
@pytest.mark.parametrize("may", May)
def test_staff_and_the_district_see_the_trends_and_nothing_else(role: Role, may: May) -> None:
    assert allowed(role, may) == (may is May.SEE_TRENDS)
