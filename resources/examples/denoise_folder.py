"""Turn steady noise down in all recordings of a folder: python denoise_folder.py FOLDER OUT [SECONDS] [DB]

The noise is learnt from the first SECONDS (0.5) of every recording, where nothing else should sound, and turned down by
DB (18). A recording that can't be read stops no other.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from workbench import Project, WorkbenchError

NOISE = 8
"""Templates that are learnt of it."""


def denoise(path: Path, out: Path, seconds: float, db: float) -> float:
    """Write a recording with its noise turned down; returns by how many dB it is quieter at its beginning."""
    project = Project.open(path)
    project.factorise(preset="Speech + noise", selection=(0.0, seconds), learnt=NOISE, seed=0)
    # The layer of what was learnt has this name; the other one is called Rest.
    project.adjust("Noise", gain_db=-db)
    project.export(out / path.stem)
    quiet = slice(0, int(seconds * project.rate))
    before, after = (np.square(each[quiet]).mean() for each in (project.samples, project.render()))
    return float(10 * np.log10(before / after))


def main(folder: Path, out: Path, seconds: float = 0.5, db: float = 18.0) -> int:
    """All files of a folder; returns how many failed."""
    failed = 0
    for path in sorted(each for each in folder.iterdir() if each.is_file()):
        try:
            print(f"{path.name}: {denoise(path, out, seconds, db):.1f} dB less noise")
        except WorkbenchError as error:
            failed += 1
            print(f"{path.name}: {error}", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(min(1, main(Path(sys.argv[1]), Path(sys.argv[2]), *map(float, sys.argv[3:]))))
