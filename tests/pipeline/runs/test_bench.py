"""`make bench`: wall times and memory of the project beside a hand-written floor.

BENCH_SCALE (default 0.1: 2 million claims; 1 is the full size), BENCH_STEPS and BENCH_DIR choose;
see bench/run.py.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))


@pytest.mark.bench
def test_times_are_within_their_bounds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import run

    work = Path(os.environ.get("BENCH_DIR") or tmp_path).resolve()
    work.mkdir(parents=True, exist_ok=True)
    steps = os.environ.get("BENCH_STEPS") or ",".join(run.STEPS)
    with capsys.disabled():
        beyond = run.run(work, float(os.environ.get("BENCH_SCALE", "0.1")), steps.split(","))
    assert not beyond
