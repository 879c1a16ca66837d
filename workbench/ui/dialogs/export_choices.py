"""What the export dialog was left with, as plain values that can be kept, and what they ask for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workbench.audio.export import Level, LevelKind
from workbench.audio.formats import FORMATS, Dither, Quality
from workbench.audio.naming import USUAL_NAMES, Names
from workbench.audio.planning import ExportOptions, Wanted
from workbench.audio.tagging import Tags
from workbench.control.export_spans import Range


@dataclass(frozen=True)
class Choices:
    """All choices of the dialog.

    Attributes
    ----------
    folder : str
    own_folder : bool
        The folder is the one that was proposed for this recording alone.
    heard, mix : bool
    groups : bool
        Every group; every layer, where there are no groups.
    layers : bool
        Every layer, where there are groups.
    after : bool
        Parts after the faders.
    form : str
        One of FORMATS.
    level : str
        A LevelKind, '' for as it is.
    level_db : float
    together : bool
        All parts in one file.
    span : str
        A Range.
    quality : str
        A Quality.
    rate : int
        Hz; 0 as the recording.
    dither : bool
    part_name, whole_name : str
        Templates of names.
    tagged : bool
        Tags are written.
    artist, album, date, genre, comment : str
        Of the recording.
    """

    folder: str
    own_folder: bool = True
    heard: bool = False
    mix: bool = True
    groups: bool = True
    layers: bool = False
    after: bool = False
    form: str = next(iter(FORMATS))
    level: str = ""
    level_db: float = 0.0
    together: bool = False
    span: str = Range.WHOLE.value
    quality: str = Quality.GOOD.value
    rate: int = 0
    dither: bool = True
    part_name: str = USUAL_NAMES.parts
    whole_name: str = USUAL_NAMES.whole
    tagged: bool = True
    artist: str = ""
    album: str = ""
    date: str = ""
    genre: str = ""
    comment: str = ""

    def of_recording(self, tags: Tags) -> Choices:
        """The same, but for the words about a recording."""
        words = {name: getattr(tags, name) for name in WORDS}
        return replace(self, **words)

    def options(self, wanted: Wanted, title: str, file_db: float, span: tuple[int, int] | None) -> ExportOptions:
        """What they ask for.

        Parameters
        ----------
        wanted : Wanted
        title : str
            Of the recording, by its own tags.
        file_db : float
            The level of its file.
        span : (int, int) or None
            Samples.
        """
        quality = Quality(self.quality)
        form = replace(FORMATS[self.form], quality=quality, dither=Dither.TPDF if self.dither else Dither.OFF)
        kind = LevelKind(self.level) if self.level else None
        level = None if kind is None else Level(kind, file_db if kind is LevelKind.FILE else self.level_db)
        tags = Tags(title, **{name: getattr(self, name) for name in WORDS}) if self.tagged else None
        names = Names(self.part_name, self.whole_name)
        return ExportOptions(wanted, form, self.rate or None, span, self.together, level, names, tags)


WORDS = ("artist", "album", "date", "genre", "comment")
