"""What a sound file says of itself: title, artist, album and the like, read and written."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from typing import BinaryIO

import soundfile

from workbench.audio.files.spliced import Span, Spliced
from workbench.audio.naming import Label
from workbench.signals import undisturbed

READ = ("title", "artist", "album", "date", "genre", "comment")
UNREADABLE = "\ufffd"
"""What stands for letters of an encoding that is not told."""


@dataclass(frozen=True)
class Tags:
    """Words about a sound, '' where there are none; named as libsndfile names them.

    Attributes
    ----------
    title, artist, album, date, genre, comment : str
        MP3 keeps the year of a date.
    tracknumber : str
    """

    title: str = ""
    artist: str = ""
    album: str = ""
    date: str = ""
    genre: str = ""
    comment: str = ""
    tracknumber: str = ""

    def of(self, label: Label, recording: str) -> Tags:
        """The tags of a file that is exported of a recording with these tags.

        Parameters
        ----------
        label : Label
            What of the recording it is.
        recording : str
            What it is called where it has no title.
        """
        title = self.title or recording
        if label.is_part:
            title = f"{self.title} – {label.name}" if self.title else label.name
        number = str(label.number) if label.number else ""
        return replace(self, title=title, album=self.album or self.title or recording, tracknumber=number)

    def write(self, file: soundfile.SoundFile) -> None:
        """Put them into a file that nothing was written to yet."""
        for name, text in asdict(self).items():
            # C ends a text at its first zero.
            clean = text.replace("\0", " ").strip()
            if clean:
                setattr(file, name, clean)


UNTAGGED = Tags()


def tags_of(file: BinaryIO) -> Tags:
    """What a sound file says of itself, as far as it can be read; nothing where it can't."""
    try:
        # Without its name, which says nothing of what is in it, and by which libsndfile would go.
        whole = Spliced(file, [Span(0, file.seek(0, os.SEEK_END))])
        with undisturbed(), soundfile.SoundFile(whole) as sound:
            found = sound.copy_metadata()
    except (soundfile.SoundFileError, OSError):
        # What is wrong with the file is told by who reads its sound.
        return UNTAGGED
    known = {name: found.get(name, "").strip() for name in READ}
    return Tags(**{name: text for name, text in known.items() if UNREADABLE not in text})
