from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = (
    *("pandas", "numpy", "pyarrow", "duckdb", "narwhals", "polars", "openpyxl", "pydantic_settings", "jwt"),
    *("azure.core", "azure.storage.blob", "azure.storage.queue", "azure.data.tables", "azure.identity"),
)
PROGRAM = f"""
import sys, function_app
print(*sorted(function.get_function_name() for function in function_app.app.get_functions()))
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""


def test_the_app_is_imported_without_environment_and_without_heavy_modules() -> None:
    # An exception at import hides every function in Azure, and a heavy import delays every cold start.
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env={}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    functions, heavy = done.stdout.splitlines()
    assert functions.split() == [
        "bury_intake_poison",
        "bury_large_batch_poison",
        "bury_small_batch_poison",
        "http_api",
        "process_small_batch_queue",
        "sweep_jobs",
        "sweep_landing",
        "take_in_files",
        "take_up_landed_file",
    ]
    assert heavy == ""


def test_the_app_is_short() -> None:
    assert len((ROOT / "function_app.py").read_text().splitlines()) < 40
