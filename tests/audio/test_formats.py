"""What is written in every format is read again: by libsndfile, and by other programs where they are installed."""

import zlib
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import soundfile

from tests.audio.written import decoded_by_ffmpeg, decoded_by_sox, needs_ffmpeg, needs_sox, probed, sox_formats
from tests.conftest import make_scene
from tests.rig import residual_db
from workbench.audio import writing
from workbench.audio.export import Piece, layer_pieces, mix_piece
from workbench.audio.formats import FORMATS, KILOBITS, Container, FileFormat, Quality, SampleFormat
from workbench.audio.naming import Kind, Label
from workbench.audio.recording import Recording, load
from workbench.audio.renderer import render_all
from workbench.audio.speakers import AS_IN_OGG, AS_IN_WAV, speakers_of
from workbench.audio.tagging import Tags
from workbench.audio.writing import measure, write
from workbench.errors import UserError
from workbench.wording import sentence

VORBIS, OPUS, MP3 = FORMATS["Ogg Vorbis"], FORMATS["Opus"], FORMATS["MP3"]
LOSSY = [VORBIS, OPUS, MP3]
CODECS = {
    SampleFormat.FLOAT: "pcm_f32le",
    SampleFormat.PCM_24: "pcm_s24le",
    SampleFormat.PCM_16: "pcm_s16le",
    SampleFormat.VORBIS: "vorbis",
    SampleFormat.OPUS: "opus",
    SampleFormat.MP3: "mp3",
}
every_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS.keys())
every_lossy = pytest.mark.parametrize("form", LOSSY, ids=lambda form: form.name)


def written(scene, folder, form, rate=None):
    """The mix in a file, and what it should hold."""
    piece = replace(mix_piece(scene, folder, "song", form), rate=rate)
    write([piece], form)
    return piece.path


@every_format
@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000, 96000])
def test_rate_length_and_channels_are_those_of_the_recording_as_far_as_the_format_has_them(tmp_path, form, rate):
    path = written(make_scene(2, 0.6, rate=rate), tmp_path, form)
    have, info = form.rate_for(rate), soundfile.info(path)
    assert (info.format, info.subtype, info.channels) == (form.container, form.subtype, 2)
    assert (info.samplerate, info.frames) == (have, round(round(0.6 * rate) * have / rate))
    assert have == rate or not form.takes(rate)


@every_lossy
@pytest.mark.parametrize("channels", [1, 2])
def test_a_lossy_file_sounds_alike_the_more_so_the_better_its_quality(tmp_path, form, channels):
    t = np.arange(3 * 48000)[:, None] / 48000
    # Strings that are plucked twice a second, with all their harmonics.
    hz = 220.0 * np.array([1.0, 1.26])[:channels]
    tones = sum(np.sin(2 * np.pi * k * hz * t) / k for k in range(1, 30)) * np.exp(-4 * (t % 0.5))
    scene = make_scene(2, 3.0, rate=48000, channels=channels)
    scene = replace(scene, recording=Recording((0.2 * tones).astype(np.float32), 48000, scene.recording.path))
    expected, errors, sizes = render_all(scene), [], []
    for quality in (Quality.BEST, Quality.GOOD, Quality.SMALL):
        path = written(scene, tmp_path / quality, replace(form, quality=quality))
        got = soundfile.read(path, dtype="float32", always_2d=True)[0]
        assert got.shape == expected.shape
        errors.append(residual_db(expected, got))
        sizes.append(path.stat().st_size)
    assert all(better < worse for better, worse in pairwise(errors)) and errors[0] < -20 and errors[-1] < -10
    assert all(larger > smaller for larger, smaller in pairwise(sizes))


@every_lossy
def test_its_size_is_about_what_is_said(tmp_path, form):
    rng = np.random.default_rng(0)
    # Pink noise, about as hard to encode as music.
    spectrum = np.fft.rfft(rng.standard_normal((2, 44100 * 8))) / np.sqrt(np.arange(1, 44100 * 4 + 2))
    noise = np.fft.irfft(spectrum).T
    scene = make_scene(2, 8.0, rate=44100)
    scene = replace(
        scene, recording=Recording((0.1 * noise / noise.std()).astype(np.float32), 44100, scene.recording.path)
    )
    for quality, kilobits in KILOBITS[form.subtype].items():
        path = written(scene, tmp_path / quality, replace(form, quality=quality))
        assert path.stat().st_size * 8 / 8.0 / 1000 == pytest.approx(kilobits, rel=0.3)


@needs_ffmpeg
@every_format
def test_ffmpeg_reads_the_same(tmp_path, form):
    path = written(make_scene(2, 1.0, rate=48000), tmp_path, form)
    told = probed(path)
    assert told["codec_name"] == ("flac" if form.container is Container.FLAC else CODECS[form.subtype])
    assert (told["sample_rate"], told["channels"]) == ("48000", 2)
    ours = soundfile.read(path, dtype="float32", always_2d=True)[0]
    theirs = decoded_by_ffmpeg(path, 2)
    if form.lossy:
        # Frames of Opus end where they end; ffmpeg 5 leaves what is behind the sound.
        assert 0 <= len(theirs) - len(ours) <= 2000
        assert residual_db(ours, theirs[: len(ours)]) < -60
    else:
        np.testing.assert_array_equal(theirs, ours)


@needs_sox
@pytest.mark.parametrize("form", [each for each in FORMATS.values() if each is not MP3], ids=lambda form: form.suffix)
def test_sox_reads_the_same(tmp_path, form):
    if form.suffix[1:] not in sox_formats():
        pytest.skip(f"sox was built without {form.name}")
    path = written(make_scene(2, 1.0, rate=48000), tmp_path, form)
    ours = soundfile.read(path, dtype="float32", always_2d=True)[0]
    theirs = decoded_by_sox(path, 2)
    assert len(theirs) == len(ours)
    assert residual_db(ours, theirs) < (-60 if form.lossy else -120)


@every_format
def test_the_same_sound_is_the_same_file(tmp_path, form):
    scene = make_scene(3, 2.0, rate=24000)
    for folder in ("a", "b"):
        write(layer_pieces(scene, tmp_path / folder, form), form)
    files = [(tmp_path / folder / f"01 L0{form.suffix}").read_bytes() for folder in ("a", "b")]
    assert files[0] == files[1]
    if form.container is Container.OGG:
        # Else it would be one by the clock, in seconds.
        assert int.from_bytes(files[0][14:18], "little") == zlib.crc32(f"01 L0{form.suffix}".encode())


def test_ogg_files_can_be_joined_and_are_read_whole(tmp_path):
    scene = make_scene(2, 1.0, rate=24000)
    for form in (VORBIS, OPUS):
        pieces = layer_pieces(scene, tmp_path, form)
        write(pieces, form)
        (tmp_path / f"joined{form.suffix}").write_bytes(b"".join(piece.path.read_bytes() for piece in pieces))
        # Each link of a chain has a serial number of its own (RFC 3533, 4).
        recording = load(tmp_path / f"joined{form.suffix}")
        assert len(recording.samples) == 2 * 24000 and not recording.remarks


@pytest.mark.parametrize(
    ("form", "rate", "written_at"),
    [
        (OPUS, 44100, 48000),
        (OPUS, 16000, 16000),
        (OPUS, 22050, 24000),
        (OPUS, 192000, 48000),
        (OPUS, 4000, 8000),
        (MP3, 44100, 44100),
        (MP3, 88200, 48000),
        (MP3, 5512, 8000),
        (VORBIS, 192000, 192000),
        (VORBIS, 384000, 192000),
        (FORMATS["FLAC, 16-bit"], 99_999, 176_400),
        (FORMATS["FLAC, 24-bit"], 352_800, 352_800),
        (FORMATS["FLAC, 24-bit"], 1_000_000, 192_000),
        (FORMATS["WAV, 16-bit"], 1_000_000, 1_000_000),
    ],
)
def test_a_rate_that_a_format_has_not_becomes_the_next_one_that_holds_all(tmp_path, form, rate, written_at):
    assert form.rate_for(rate) == written_at
    scene = make_scene(2, 0.05, rate=rate)
    assert soundfile.info(written(scene, tmp_path, form)).samplerate == written_at


@every_format
def test_more_channels_than_a_format_holds_are_told_and_as_many_are_written(tmp_path, form):
    most = form.most_channels
    for channels in {2, min(most, 20)}:
        assert soundfile.info(written(make_scene(2, 0.05, channels=channels), tmp_path, form)).channels == channels
    with pytest.raises(UserError, match=r"audio\.too_many_channels") as caught:
        form.check(most + 1, f"song mix{form.suffix}")
    assert f"{form.name} holds at most {most}" in sentence(caught.value)
    with pytest.raises(UserError, match=r"audio\.too_many_channels"):
        write([Piece(tmp_path / "x", make_scene(2, 0.05, channels=most + 1))], form)


@every_format
@pytest.mark.parametrize("channels", [3, 5, 6, 7, 8])
def test_surround_is_where_it_was(tmp_path, form, channels):
    if channels > form.most_channels:
        pytest.skip("it holds two channels")
    rate, count = 48000, 48000
    # Low tones: the channel of low frequencies keeps them, too.
    hz = 40 + 8 * np.arange(channels)
    samples = (0.2 * np.sin(2 * np.pi * hz * np.arange(count)[:, None] / rate)).astype(np.float32)
    base = make_scene(2, 1.0, rate=rate, channels=channels)
    for places in (AS_IN_WAV, AS_IN_OGG):
        recording = Recording(samples, rate, base.recording.path, places=places[channels])
        back = load(written(replace(base, recording=recording), tmp_path, form))
        for i, speaker in enumerate(places[channels]):
            got = back.samples[:, back.speakers.index(speaker)]
            assert np.abs(np.fft.rfft(got)).argmax() == hz[i], speaker


def test_channels_of_unknown_places_stay_in_their_order(tmp_path):
    scene = make_scene(2, 0.2, channels=9)
    got = soundfile.read(written(scene, tmp_path, FileFormat()), dtype="float32")[0]
    np.testing.assert_array_equal(got, render_all(scene))
    assert len(set(speakers_of(9))) == 1


def joined(scene, folder, form, layers=(0, 1, 2)):
    voices = tuple(Piece(folder, scene, (i,)) for i in layers)
    label = Label(Kind.LAYERS)
    return Piece(folder / f"parts{form.suffix}", scene, part=True, label=label, voices=voices)


@pytest.mark.parametrize("form", [FORMATS["WAV, 32-bit float"], FORMATS["FLAC, 24-bit"]], ids=lambda form: form.name)
def test_parts_in_one_file_are_channel_beside_channel_and_sum_to_the_recording(tmp_path, form):
    scene = make_scene(3, 1.0)
    piece = joined(scene, tmp_path, form)
    (found,) = write([piece], form)
    got = soundfile.read(piece.path, always_2d=True)[0]
    assert got.shape == (8000, 6) and found.loudness is None
    parts = [got[:, 2 * i : 2 * i + 2] for i in range(3)]
    assert residual_db(scene.recording.samples, sum(parts)) < -100
    for i, part in enumerate(parts):
        np.testing.assert_allclose(part, render_all(scene, layers=(i,)), atol=2e-7)


def test_a_part_never_goes_to_the_channel_of_low_frequencies(tmp_path):
    scene = make_scene(3, 0.2, rate=48000)
    for form in (VORBIS, OPUS):
        with pytest.raises(UserError, match=r"audio\.low_channel") as caught:
            write([joined(scene, tmp_path, form)], form)
        assert "subwoofer" in sentence(caught.value) and not list(tmp_path.iterdir())
    # Of four there is none.
    piece = joined(scene, tmp_path, VORBIS, (0, 1))
    write([piece], VORBIS)
    got = soundfile.read(piece.path, always_2d=True)[0]
    expected = np.concatenate([render_all(scene, layers=(i,)) for i in (0, 1)], axis=1)
    assert residual_db(expected, got) < -10


@pytest.mark.parametrize("rate", [4000, 11025, 48000, 96000])
def test_at_another_rate_the_parts_still_sum_to_the_recording_at_that_rate(tmp_path, rate):
    scene, form = make_scene(3, 1.0, rate=22050), FileFormat()
    pieces = [replace(piece, rate=rate) for piece in layer_pieces(scene, tmp_path, form)]
    original = replace(mix_piece(scene, tmp_path, "song", form), rate=rate)
    write([*pieces, original], form)
    parts = [soundfile.read(piece.path, always_2d=True) for piece in pieces]
    assert all(found == rate and x.shape == (round(22050 * rate / 22050), 2) for x, found in parts)
    assert residual_db(soundfile.read(original.path, always_2d=True)[0], sum(x for x, _ in parts)) < -100


def test_parts_of_whole_numbers_sum_up_to_their_steps(tmp_path):
    scene = make_scene(3, 1.0, rate=22050)
    for name, steps in (("FLAC, 24-bit", 2.0**-23), ("FLAC, 16-bit", 2.0**-15)):
        form = FORMATS[name]
        pieces = layer_pieces(scene, tmp_path / name, form)
        write(pieces, form)
        total = sum(soundfile.read(piece.path, always_2d=True)[0] for piece in pieces)
        error = total - scene.recording.samples
        # Half a step of rounding each, and of 16 bits at most a step of dither.
        assert np.abs(error).max() <= 3 * steps * (1.5 if form.bits == 16 else 0.5) + 1e-6
        assert abs(error.mean()) < steps / 20


def test_a_recording_of_16_bits_to_which_nothing_was_done_comes_back_bit_for_bit(tmp_path):
    steps = np.random.default_rng(0).integers(-(2**15), 2**15, (22050, 2)).astype(np.int16)
    soundfile.write(tmp_path / "in.wav", steps, 22050)
    scene = replace(make_scene(2, 1.0, rate=22050), recording=load(tmp_path / "in.wav"))
    for name in ("WAV, 16-bit", "FLAC, 16-bit"):
        path = written(scene, tmp_path / name, FORMATS[name])
        np.testing.assert_array_equal(soundfile.read(path, dtype="int16")[0], steps)


def test_what_is_measured_is_what_the_file_has_at_its_rate(tmp_path):
    scene, form = make_scene(2, 2.0, rate=44100), FileFormat()
    piece = replace(mix_piece(scene, tmp_path, "song", form), rate=16000)
    (foreseen,), (found,) = measure([piece]), write([piece], form)
    assert foreseen == found
    assert found.peak == np.abs(soundfile.read(piece.path, dtype="float32")[0]).max()
    assert found.true_peak >= found.peak


def test_what_no_wav_holds_goes_into_an_rf64_with_its_tags(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "LARGEST_WAV", 50_000)
    scene = make_scene(2, 1.0)
    for name in ("WAV, 32-bit float", "WAV, 16-bit"):
        piece = replace(
            mix_piece(scene, tmp_path / name, "song", FORMATS[name]), tags=Tags(title="Blue", artist="Trio")
        )
        write([piece], FORMATS[name])
        assert soundfile.info(piece.path).format == "RF64"
        recording = load(piece.path)
        assert recording.tags == Tags("Blue", "Trio") and len(recording.samples) == 8000
