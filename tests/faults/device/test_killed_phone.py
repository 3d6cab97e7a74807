"""A phone that dies right after “Saved”: what it said is there when it is switched on again, and arrives once."""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.faults.device.killing import kill_after_saved
from tests.faults.warm import WarmServer
from tests.promises import promise

# What is on the disk of the phone is the phone's alone.
pytestmark = pytest.mark.one_database


@promise("SYNC-1", "SYNC-4")
def test_a_phone_killed_right_after_saved(playwright: Playwright, server: WarmServer, tmp_path: Path) -> None:
    kill_after_saved(playwright, server, tmp_path / "phone", times=5, seed=1)
