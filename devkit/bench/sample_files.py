"""The files that are measured: generated, with every fault that all contenders can read past."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from devkit.samples.ecommerce.generate import STRUCTURAL

if TYPE_CHECKING:
    from pathlib import Path


def write_sample(folder: Path, records: int, seed: int, *, one_a_line: bool = False) -> Path:
    """Write a sample and beside it its answer key; returns the sample's path. It is an array, or ``one_a_line``.

    It is made in a process of its own, so that the memory this takes goes with it.
    """
    path = folder / f"{records}-{seed}.{'lines' if one_a_line else 'json'}"
    command = [sys.executable, "-m", "devkit.samples", "ecommerce", "--records", str(records), "--seed", str(seed)]
    command += ["--out", str(path), "--answers", str(answers_of(path))]
    command += ["--ndjson"] if one_a_line else []
    for kind in sorted(STRUCTURAL):
        command += ["--without", kind]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return path


def answers_of(sample: Path) -> Path:
    """Return where the answer key of a sample stands."""
    return sample.with_suffix(".answers")
