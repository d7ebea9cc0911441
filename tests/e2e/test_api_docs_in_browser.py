from __future__ import annotations

import os
import shutil
import subprocess

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def opened(system, tmp_path):
    """Open a page in a browser that can reach nothing but this system; return the page and the console's complaints."""
    if CHROMIUM is None:
        pytest.skip("a page is shown by Chromium")

    def open_page(path: str) -> tuple[str, list[str]]:
        command = [
            CHROMIUM,
            "--headless",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            f"--user-data-dir={tmp_path}",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--enable-logging=stderr",
            "--virtual-time-budget=15000",
            "--dump-dom",
            f"{system.base_url}{path}",
        ]
        shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
        return shown.stdout, [line for line in shown.stderr.splitlines() if "CONSOLE" in line.upper()]

    return open_page


@pytest.mark.parametrize(
    ("page", "texts"),
    [
        ("/api/docs", ["Upload the files of a job", "Run a query", "Authorize"]),
        ("/api/redoc", ["Upload the files of a job", "Run a query", "Search"]),
    ],
)
def test_a_page_shows_the_whole_api_and_asks_nobody_else(opened, page, texts):
    shown, complaints = opened(page)

    for text in texts:
        assert text in shown
    assert complaints == []
