"""Take the drums out of a song: python drums_out.py SONG FOLDER

Writes the song without its drums, and the drums alone, both as long as the song; they sum to it. A project is saved
beside them, to go on in the window.
"""

from __future__ import annotations

import sys
from pathlib import Path

from workbench import Project, WorkbenchError


def main(song: Path, folder: Path) -> None:
    """Tell hits from tones, and write the song with the one and with the other."""
    project = Project.open(song)
    # Harmonic-percussive separation: what is short and wide is a hit, what is long and narrow a tone.
    project.factorise("hpss", harmonic_frames=31, percussive_bins=31, progress=told)
    project.rename("Percussive", "Drums")
    project.rename("Harmonic", "Band")
    for path in project.export(folder, mix=False, layers=True, format="flac"):
        print(path)
    # In the mix of the project the drums are silent; in the window their fader brings them back.
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
