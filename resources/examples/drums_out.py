"""Take the drums out of a song: python drums_out.py SONG FOLDER

Writes the song without its drums, and the drums alone, both as long as the song; they sum to it. A project is saved
beside them, to go on in the window.
"""

from __future__ import annotations

import sys
from pathlib import Path

from workbench import Project, WorkbenchError

DRUMS = ("kick", "snare", "hihat")


def main(song: Path, folder: Path) -> None:
    """Separate, group the drums, write what is with them and without."""
    project = Project.open(song)
    project.factorise(preset="Drums in a mix", seed=0, progress=told)
    # The preset names the layers of the drums that it knows; all others are the rest of the band.
    project.group([row.name for row in project.layers if row.name in DRUMS], "Drums")
    project.group([row.name for row in project.layers if not row.group], "Band")
    for path in project.export(folder, mix=False, groups=True, format="flac"):
        print(path)
    # In the window and in the mix the drums are silent now; their fader brings them back.
    project.adjust("Drums", mute=True)
    print(project.save(folder / song.stem))


def told(share: float) -> None:
    """Show how far it is."""
    print(f"\r{100 * share:3.0f} %", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except WorkbenchError as error:
        # Its text is a sentence that says what is wrong and what to do.
        sys.exit(str(error))
