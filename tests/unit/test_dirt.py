from __future__ import annotations

import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING

from shared.datasets.catalogue import load_dataset
from tests.dirt import packed_dirt

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

if not os.environ.get("STRATA_COMPLETE"):

    def test_what_is_drawn_does_not_depend_on_what_was_imported_before(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        contract = load_dataset("ecommerce").contract
        drawn = packed_dirt(contract, examples=60)
        file = tmp_path / "module_of_constants.py"
        file.write_text("\n".join(f"N{number} = {10**9 + number * 7919}, 'text {number}'" for number in range(500)))
        spec = spec_from_file_location(file.stem, file)
        assert spec is not None
        monkeypatch.setitem(sys.modules, file.stem, module_from_spec(spec))
        assert packed_dirt(contract, examples=60) == drawn
