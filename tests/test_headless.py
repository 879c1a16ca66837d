import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from tests.rig import residual_db
from workbench.__main__ import main

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def tones(tmp_path):
    path = tmp_path / "tones.wav"
    soundfile.write(path, tone_mix(2.0, 16000), 16000, subtype="FLOAT")
    return path


def separate(source, out, *more):
    return main(
        ["separate", str(source), "--out", str(out), "--components", "4", "--iterations", "15", "--quiet", *more]
    )


def test_separate_writes_layers_a_picture_and_the_factors(tones, tmp_path):
    assert separate(tones, tmp_path / "out") == 0
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    layers = [f"0{i} Component 0{i}.wav" for i in range(1, 5)]
    assert names == [*layers, "factors.npz", "masks.png"]
    parts = [soundfile.read(tmp_path / "out" / name, dtype="float32")[0] for name in layers]
    assert all(soundfile.info(tmp_path / "out" / name).subtype == "FLOAT" for name in layers)
    assert residual_db(soundfile.read(tones, dtype="float32")[0], sum(p.astype(float) for p in parts)) < -100
    with np.load(tmp_path / "out" / "factors.npz", allow_pickle=False) as factors:
        assert factors["W"].shape == (1025, 4) and factors["costs"][-1] < factors["costs"][0]


@pytest.mark.parametrize("divergence", ["kl", "is", "eu"])
def test_same_seed_same_output_for_any_number_of_threads(tones, tmp_path, divergence):
    for threads in ("1", "2", "5"):
        assert separate(tones, tmp_path / threads, "--threads", threads, "--divergence", divergence) == 0
    for path in (tmp_path / "1").iterdir():
        for other in ("2", "5"):
            assert path.read_bytes() == (tmp_path / other / path.name).read_bytes(), path.name


def test_another_seed_is_another_result(tones, tmp_path):
    separate(tones, tmp_path / "a")
    separate(tones, tmp_path / "b", "--seed", "1")
    name = "01 Component 01.wav"
    assert (tmp_path / "a" / name).read_bytes() != (tmp_path / "b" / name).read_bytes()


def test_bad_input_is_one_sentence_on_stderr_and_status_2(tmp_path, capsys):
    (tmp_path / "x.wav").write_text("words")
    for source in (tmp_path / "x.wav", tmp_path, tmp_path / "missing.wav"):
        assert separate(source, tmp_path / "out") == 2
        said = capsys.readouterr()
        assert said.out == "" and len(said.err.strip().splitlines()) == 1 and said.err.strip().endswith(".")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("samples", [1, 200, 5000])
def test_silence_and_short_files_work(tmp_path, samples):
    soundfile.write(tmp_path / "s.wav", np.zeros((samples, 1)), 44100)
    assert separate(tmp_path / "s.wav", tmp_path / "out") == 0
    assert not soundfile.read(tmp_path / "out" / "01 Component 01.wav")[0].any()


def test_no_display_is_said_with_the_headless_command(capsys, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform.startswith("linux"):
        assert main([]) == 2
        assert "workbench separate" in capsys.readouterr().err


def test_the_headless_commands_never_import_qt(tones, tmp_path):
    code = (
        "import sys; from workbench.__main__ import main; "
        f"status = main(['separate', {str(tones)!r}, '--out', {str(tmp_path / 'o')!r}, '--quiet']); "
        "bad = [m for m in sys.modules if m.startswith(('PySide6', 'pyqtgraph'))]; "
        "print(bad); sys.exit(status or bool(bad))"
    )
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "QT_QPA_PLATFORM")}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_progress_bar_ends_at_100_percent(tones, tmp_path, capsys):
    arguments = ["separate", str(tones), "--out", str(tmp_path / "o"), "--iterations", "3"]
    assert main(arguments) == 0
    said = capsys.readouterr()
    assert "Factorising" in said.err and "100 %" in said.err and "Wrote 10 layers" in said.out


def test_render_writes_a_project_s_mix_and_layers(tones, tmp_path):
    from workbench.audio.recording import load
    from workbench.document.acts import layers as layer_acts
    from workbench.document.project import save_project
    from workbench.document.state import fresh_state
    from workbench.spectral.stft import Analysis

    state, _ = layer_acts.add_layer(fresh_state(Analysis()), "Nothing")
    state = layer_acts.change_layer(state, state.layers[0].id, gain_db=-6.0)
    save_project(tmp_path / "p.workbench", load(tones), state, {})
    assert main(["render", str(tmp_path / "p.workbench"), "--out", str(tmp_path / "o"), "--layers", "--quiet"]) == 0
    mix = soundfile.read(tmp_path / "o" / "p mix.wav")[0]
    np.testing.assert_allclose(mix, soundfile.read(tones)[0] * 10 ** (-6 / 20), atol=1e-6)
    assert (tmp_path / "o" / "01 Everything.wav").exists()
