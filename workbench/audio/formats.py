"""What files can be written as, and what of a sound each of these takes: rates, channels, levels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workbench.audio.speakers import AS_IN_OGG, AS_IN_WAV, Speaker, Speakers
from workbench.errors import UserError


class Container(StrEnum):
    """What holds the samples, as libsndfile names it."""

    WAV = "WAV"
    FLAC = "FLAC"
    OGG = "OGG"
    MP3 = "MP3"


class SampleFormat(StrEnum):
    """How a sample is stored, as libsndfile names it."""

    FLOAT = "FLOAT"
    """32 bits; nothing is rounded or clipped."""
    PCM_24 = "PCM_24"
    PCM_16 = "PCM_16"
    VORBIS = "VORBIS"
    OPUS = "OPUS"
    MP3 = "MPEG_LAYER_III"


class Quality(StrEnum):
    """How much of a sound a lossy format keeps."""

    BEST = "best"
    GOOD = "good"
    SMALL = "small"


class Dither(StrEnum):
    """What is added before samples are rounded to 16 bits."""

    OFF = "off"
    TPDF = "tpdf"
    """Noise of triangular density, two steps wide: the error is noise then, and its power does not follow the sound
    (Lipshitz, Wannamaker & Vanderkooy 1992, "Quantization and Dither: A Theoretical Survey")."""


@dataclass(frozen=True)
class FileFormat:
    """Container and sample format of a file, and how samples become that.

    Attributes
    ----------
    container : Container
    subtype : SampleFormat
    quality : Quality
        Of lossy formats; the others are what they are.
    dither : Dither
        Of 16 bits; the others have no need of it.
    """

    container: Container = Container.WAV
    subtype: SampleFormat = SampleFormat.FLOAT
    quality: Quality = Quality.GOOD
    dither: Dither = Dither.TPDF

    @property
    def suffix(self) -> str:
        """File name ending with its dot."""
        return ".opus" if self.subtype is SampleFormat.OPUS else "." + self.container.lower()

    @property
    def name(self) -> str:
        """What people call it."""
        return LOSSY_NAMES.get(self.subtype, self.container.value)

    @property
    def bits(self) -> int:
        """Of a sample that is a whole number; 0 for others."""
        return {SampleFormat.PCM_24: 24, SampleFormat.PCM_16: 16}.get(self.subtype, 0)

    @property
    def integer(self) -> bool:
        """Whether samples are stored as whole numbers."""
        return self.bits > 0

    @property
    def lossy(self) -> bool:
        """Whether what is read again is only like what was written."""
        return self.subtype in LEVELS

    @property
    def clips(self) -> bool:
        """Whether samples above full scale are lost: of whole numbers at once, of lossy ones where they are played."""
        return self.subtype is not SampleFormat.FLOAT

    @property
    def level(self) -> float | None:
        """Quality as libsndfile takes it, 0 the best; None for formats that have none."""
        return LEVELS[self.subtype][self.quality] if self.lossy else None

    @property
    def most_channels(self) -> int:
        """More do not fit into a file."""
        return MOST_CHANNELS[self.container]

    @property
    def order(self) -> dict[int, Speakers]:
        """Where channels belong, by their number."""
        return AS_IN_OGG if self.container is Container.OGG else AS_IN_WAV

    def takes(self, rate: int) -> bool:
        """Whether it may have a rate, in Hz."""
        if self.subtype is SampleFormat.OPUS:
            return rate in OPUS_RATES
        if self.subtype is SampleFormat.MP3:
            return rate in MP3_RATES
        if self.subtype is SampleFormat.VORBIS:
            return rate <= MOST_VORBIS_RATE
        if self.container is Container.FLAC:
            # Above 16 bits of hertz it counts in tens.
            return rate <= 0xFFFF or (rate <= 655_350 and rate % 10 == 0)
        return True

    def rate_for(self, rate: int) -> int:
        """The rate that a sound of a rate is written at: the same where it may be, else the next one that holds all."""
        if self.takes(rate):
            return rate
        usual = [each for each in USUAL_RATES if self.takes(each)]
        return next((each for each in usual if each >= rate), usual[-1])

    def check(self, channels: int, name: str, joined: bool = False) -> None:
        """Tell of channels that it can't hold.

        Parameters
        ----------
        name : str
            Of the file that would have them.
        joined : bool
            They are parts of their own, and belong to no loudspeakers.

        Raises
        ------
        UserError
            `audio.too_many_channels`; `audio.low_channel`, where one of joined parts would go to the channel of low
            frequencies, of which lossy formats keep nothing else.
        """
        if channels > self.most_channels:
            raise UserError(
                "audio.too_many_channels", format=self.name, most=self.most_channels, channels=channels, name=name
            )
        if joined and self.lossy and Speaker.LOW in self.order.get(channels, ()):
            raise UserError("audio.low_channel", format=self.name, channels=channels, name=name)


FLOAT_WAV = FileFormat()
"""Keeps everything."""
USUAL_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 176400, 192000)
"""Hz."""
OPUS_RATES = (8000, 12000, 16000, 24000, 48000)
"""Those of its encoder (RFC 6716, 2)."""
MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
"""Those of MPEG 1, 2 and 2.5."""
MOST_VORBIS_RATE = 192_000
"""From 200,001 Hz on libvorbis has no setting, and libsndfile 1.2 ends the program instead of saying so."""
MOST_CHANNELS = {Container.WAV: 1024, Container.FLAC: 8, Container.OGG: 255, Container.MP3: 2}
"""As libsndfile writes them."""
LOSSY_NAMES = {SampleFormat.VORBIS: "Ogg Vorbis", SampleFormat.OPUS: "Opus", SampleFormat.MP3: "MP3"}
LEVELS = {
    # Vorbis' own q is ten times what is missing to 1: q 8, 6 and 4.
    SampleFormat.VORBIS: {Quality.BEST: 0.2, Quality.GOOD: 0.4, Quality.SMALL: 0.6},
    # From 256 kbit/s a channel down to 6: 128, 80 and 48.
    SampleFormat.OPUS: {Quality.BEST: 128 / 250, Quality.GOOD: 176 / 250, Quality.SMALL: 208 / 250},
    # LAME's V 0, 2 and 5, of variable bit rate.
    SampleFormat.MP3: {Quality.BEST: 0.0, Quality.GOOD: 0.2, Quality.SMALL: 0.5},
}
KILOBITS = {
    SampleFormat.VORBIS: {Quality.BEST: 256, Quality.GOOD: 192, Quality.SMALL: 128},
    SampleFormat.OPUS: {Quality.BEST: 256, Quality.GOOD: 160, Quality.SMALL: 96},
    SampleFormat.MP3: {Quality.BEST: 245, Quality.GOOD: 190, Quality.SMALL: 130},
}
"""What a second of stereo takes, about, in kbit."""
FORMATS = {
    "WAV, 32-bit float": FileFormat(Container.WAV, SampleFormat.FLOAT),
    "WAV, 24-bit": FileFormat(Container.WAV, SampleFormat.PCM_24),
    "WAV, 16-bit": FileFormat(Container.WAV, SampleFormat.PCM_16),
    "FLAC, 24-bit": FileFormat(Container.FLAC, SampleFormat.PCM_24),
    "FLAC, 16-bit": FileFormat(Container.FLAC, SampleFormat.PCM_16),
    "Ogg Vorbis": FileFormat(Container.OGG, SampleFormat.VORBIS),
    "Opus": FileFormat(Container.OGG, SampleFormat.OPUS),
    "MP3": FileFormat(Container.MP3, SampleFormat.MP3),
}
"""Those that are offered, by their names for people."""
