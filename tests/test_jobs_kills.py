import runpy
from pathlib import Path

import pytest

KILLS = Path(__file__).parent.parent / "benchmarks" / "kills.py"


@pytest.mark.slow
def test_killing_workers_and_servers_loses_nothing_and_makes_nothing_twice(tmp_path: Path) -> None:
    kills = runpy.run_path(str(KILLS))
    found = kills["run"](["worker", "all", "worker", "server"], tmp_path, 7, pause=(0.2, 1.0), waiting=3)
    assert found["faults"] == []
    assert found["jobs"] >= 3 and len(found["resume_s"]) == 2 and found["kills"] == {"worker": 2, "all": 1, "server": 1}
