"""Opening, reference sounds, oracle masks; and factorising as a job."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QCoreApplication

from tests.conftest import pump, tone_mix
from workbench.audio.recording import Recording, load
from workbench.audio.stems import Placed, read_stem
from workbench.document.project import save_project
from workbench.document.state import fresh_state
from workbench.errors import UserError
from workbench.jobs.opening import open_file
from workbench.jobs.runner import Runner
from workbench.jobs.works import find_stems, learn_from_stems, load_references, make_oracle, sound_files
from workbench.progress import Cancelled
from workbench.separation.factorise import factorise
from workbench.separation.settings import RunSettings
from workbench.separation.task import Task
from workbench.spectral.stft import Analysis, magnitudes
from workbench.wording import sentence

ANALYSIS = Analysis(512, 128)
RATE = 8000


@pytest.fixture
def mix(tmp_path):
    path = tmp_path / "mix.wav"
    soundfile.write(path, tone_mix(1.0, RATE), RATE, subtype="FLOAT")
    return path


def stop(share):
    raise Cancelled


def test_a_recording_or_its_project_is_opened_with_its_levels(mix, tmp_path):
    shares = []
    opened = open_file(mix, shares.append)
    assert opened.project is None and opened.levels.shape == (1025, Analysis().frames(RATE))
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1)
    save_project(tmp_path / "p.workbench", load(mix), fresh_state(ANALYSIS), {})
    again = open_file(tmp_path / "p.workbench")
    assert again.project is not None and again.levels.shape == (257, ANALYSIS.frames(RATE))
    assert np.array_equal(again.recording.samples, opened.recording.samples)
    with pytest.raises(Cancelled):
        open_file(mix, stop)


def test_references_are_named_by_their_files_and_measured_at_the_recording_s_bins(mix, tmp_path):
    twice = np.repeat(tone_mix(1.0, RATE), 2, axis=0)
    soundfile.write(tmp_path / "other rate.wav", twice, 2 * RATE, subtype="FLOAT")
    shares = []
    (name, spectrum), (other, same) = load_references([mix, tmp_path / "other rate.wav"], RATE, ANALYSIS, shares.append)
    assert (name, other) == ("mix", "other rate") and spectrum.shape == same.shape == (257,)
    assert int(spectrum[5:].argmax()) == int(same[5:].argmax())
    assert shares == [0.5, 1.0]


def part_of(recording, path, gain):
    """A file with the recording at another level."""
    soundfile.write(path, recording.samples * np.float32(gain), RATE, subtype="FLOAT")
    return path


def placed_of(recording, path):
    stem = read_stem(path, recording)
    return Placed(stem, 0.0, 0.0, len(recording.samples))


def test_masks_from_stems_and_of_what_they_leave(mix, tmp_path):
    recording, shares = load(mix), []
    half = placed_of(recording, part_of(recording, tmp_path / "half.wav", 0.4))
    masks, rest = make_oracle(recording, [half], ANALYSIS, False, shares.append)
    assert rest and masks.components == 2
    np.testing.assert_allclose(masks.masks[0][5:-5, 5:-5], 0.4**2 / (0.4**2 + 0.6**2), atol=2e-3)
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1)
    whole = placed_of(recording, part_of(recording, tmp_path / "whole.wav", 1.0))
    masks, rest = make_oracle(recording, [whole], ANALYSIS, False)
    assert not rest and masks.components == 1


def test_a_folder_stands_for_its_sounds_and_what_cannot_be_read_keeps_no_other_back(mix, tmp_path):
    folder = tmp_path / "stems"
    folder.mkdir()
    with pytest.raises(UserError) as raised:
        sound_files([folder])
    assert "stems" in sentence(raised.value)
    recording = load(mix)
    good = part_of(recording, folder / "b.wav", 0.5)
    (folder / "a.wav").write_text("no sound")
    (folder / "notes.txt").write_text("no sound either")
    assert sound_files([good, folder]) == [good, folder / "a.wav"]
    found = find_stems(sound_files([folder]), recording)
    assert [stem.path for stem in found.stems] == [good] and len(found.places) == 1
    ((path, trouble),) = found.missing
    assert path.name == "a.wav" and "a.wav" in sentence(trouble) and found.troubles == [trouble]


def test_sources_learnt_from_stems_have_their_spectra(tmp_path):
    t = np.arange(RATE) / RATE
    low, high = (0.3 * np.sin(2 * np.pi * hz * t).astype(np.float32)[:, None] for hz in (250, 2000))
    recording = Recording(low + high, RATE, tmp_path / "mix.wav")
    soundfile.write(tmp_path / "low.wav", low, RATE, subtype="FLOAT")
    shares = []
    stems = [placed_of(recording, tmp_path / "low.wav")]
    settings = RunSettings(components=2, iterations=5)
    factors, rest = learn_from_stems(recording, stems, ANALYSIS, settings, shares.append)
    assert rest and factors.W.shape == (257, 4) and shares == sorted(shares)
    model = factors.W @ factors.H
    np.testing.assert_allclose(model.sum(), np.sum(magnitudes(low, ANALYSIS) + magnitudes(high, ANALYSIS)), rtol=0.02)
    np.testing.assert_allclose(factors.W.argmax(axis=0), [16, 16, 128, 128], atol=1)
    silent = Placed(replace(stems[0].stem, samples=0 * low), 0.0, 0.0, len(low))
    factors, _ = learn_from_stems(recording, [silent], ANALYSIS, settings)
    assert np.isfinite(factors.W).all() and not factors.H[:2].any()


def test_a_factorisation_that_is_stopped_keeps_what_it_has(mix):
    from PySide6.QtWidgets import QApplication

    application = QCoreApplication.instance() or QApplication([])
    runner, seen, kept = Runner(), [], []
    task = Task(load(mix), ANALYSIS, RunSettings(components=2, iterations=None))

    def publish(snapshot):
        seen.append(snapshot)
        runner.cancel("factorise")

    runner.run(
        "x", lambda job: factorise(task, job.report, job.publish), kept.append, published=publish, key="factorise"
    )
    assert pump(application, lambda: not runner.jobs, 10)
    assert len(kept) == 1 and len(kept[0].costs) >= len(seen[0].costs) > 0
