"""The random machine of tests/faults/test_two_devices.py for a million steps, half of them on each database.

`SEED=… STEPS=… python -m tests.bench.faults_two_devices` repeats a run, or makes a shorter one.
"""

import os
import random
import subprocess
import sys

from tests.faults.test_two_devices import MORE_STEPS, SEED

TEST = "tests/faults/test_two_devices.py::test_two_phones_and_the_server_end_up_alike"
STEPS = 1_000_000


def main() -> None:
    seed = os.environ.get(SEED) or str(random.SystemRandom().randrange(2**32))
    steps = int(os.environ.get("STEPS", STEPS))
    print(f"two devices: {steps:,} random steps, SEED={seed}", flush=True)
    environment = {**os.environ, SEED: seed, MORE_STEPS: str(steps // 2)}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "load", TEST]
    sys.exit(subprocess.run(command, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
