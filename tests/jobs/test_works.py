"""Opening, reference sounds, oracle masks; and factorising as a job."""

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QCoreApplication

from tests.conftest import pump, tone_mix
from workbench.audio.recording import load
from workbench.document.project import save_project
from workbench.document.state import fresh_state
from workbench.errors import UserError
from workbench.jobs.runner import Runner
from workbench.jobs.works import load_references, make_oracle, open_file
from workbench.progress import Cancelled
from workbench.separation.factorise import factorise
from workbench.separation.settings import RunSettings
from workbench.separation.task import Task
from workbench.spectral.stft import Analysis
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


def test_oracle_masks_of_the_true_stems_and_of_what_they_leave(mix, tmp_path):
    recording, rng = load(mix), np.random.default_rng(0)
    half = (recording.samples * rng.uniform(0.2, 0.6)).astype(np.float32)
    soundfile.write(tmp_path / "half.wav", half, RATE, subtype="FLOAT")
    shares = []
    masks, names = make_oracle(recording, [tmp_path / "half.wav"], ANALYSIS, False, shares.append)
    assert names == ["half", "Rest"] and masks.components == 2
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1)
    soundfile.write(tmp_path / "short.wav", half[:-1], RATE, subtype="FLOAT")
    with pytest.raises(UserError) as raised:
        make_oracle(recording, [tmp_path / "short.wav"], ANALYSIS, False)
    said = sentence(raised.value)
    assert raised.value.code == "jobs.no_stem" and "short.wav" in said and "7999" in said and "8000 Hz" in said


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
