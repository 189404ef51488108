"""`make orchestrate`: the warehouse in Dagster's page, with its daemon for sensor and schedule.

Arguments are those of `dagster dev`, such as `--port 3001` or `--host 0.0.0.0`. The history of runs
is in DAGSTER_HOME, by default the folder `dagster` of the warehouse. Exit codes are those of
dbt, where it can't read the project, and of Dagster.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from benefits_dagster.places import DBT, PROJECT, target_folder, warehouse_folder
from benefits_warehouse.whole_files import PRIVATE_FOLDER


def prepare() -> dict[str, str]:
    """Make the folder of the instance, and let dbt parse the project.

    Returns:
        The environment for Dagster.

    Raises:
        subprocess.CalledProcessError: dbt can't read the project; it said why.
    """
    home = Path(os.environ.get("DAGSTER_HOME") or warehouse_folder() / "dagster").absolute()
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(PRIVATE_FOLDER)  # the history tells who delivers what, and when
    shutil.copyfile(Path(__file__).with_name("dagster.yaml"), home / "dagster.yaml")
    target = str(target_folder())
    words = [str(DBT), "--quiet", "parse", "--target-path", target, "--log-path", target]
    subprocess.run([sys.executable, *words], cwd=PROJECT, check=True)
    return {
        **os.environ,
        "DAGSTER_HOME": str(home),
        "PYTHONPATH": str(PROJECT / "python"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def main(arguments: list[str]) -> None:
    """Become Dagster.

    Args:
        arguments: of `dagster dev`.
    """
    try:
        environment = prepare()
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)
    # Dagster stops as Ctrl-C says, which a shell lets jobs in the background ignore.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    words = ["-W", "ignore", "-m", "dagster", "dev", "-m", "benefits_dagster.definitions"]
    words += ["--host", "127.0.0.1"]
    os.execve(sys.executable, [sys.executable, *words, *arguments], environment)


if __name__ == "__main__":
    main(sys.argv[1:])
