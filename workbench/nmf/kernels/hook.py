"""What hatchling runs when the program is installed, editable too, or made a wheel: it compiles the kernels.

Not a part of the program, which has no hatchling.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class KernelsHook(BuildHookInterface[Any]):
    """Puts the libraries beside their source, and into the wheel, which is then one for this system."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        made = runpy.run_path(str(Path(__file__).with_name("build.py")))["compile_all"]()
        if not made:
            self.app.display_warning("No C compiler: the program works, but factorising takes about twice as long.")
            return
        build_data["artifacts"] += [path.relative_to(self.root).as_posix() for path in made]
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
