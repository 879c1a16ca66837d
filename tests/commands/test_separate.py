import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from tests.rig import residual_db
from workbench.__main__ import main
from workbench.audio.recording import load
from workbench.commands.guarding import ended_by_signal
from workbench.document.project import save_project
from workbench.document.state import fresh_state
from workbench.outputs import BEFORE
from workbench.separation.presets import PRESETS
from workbench.separation.settings import RunSettings
from workbench.spectral.stft import Analysis

ROOT = Path(__file__).resolve().parents[2]


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
    names = sorted(p.name for p in (tmp_path / "out").glob("[!.]*"))
    layers = [f"0{i} Component {i}.wav" for i in range(1, 5)]
    assert names == [*layers, "factors.npz", "masks.png"]
    parts = [soundfile.read(tmp_path / "out" / name, dtype="float32")[0] for name in layers]
    assert all(soundfile.info(tmp_path / "out" / name).subtype == "FLOAT" for name in layers)
    assert residual_db(soundfile.read(tones, dtype="float32")[0], sum(p.astype(float) for p in parts)) < -100
    with np.load(tmp_path / "out" / "factors.npz", allow_pickle=False) as factors:
        assert factors["W"].shape == (1025, 4) and factors["costs"][-1] < factors["costs"][0]


@pytest.mark.parametrize(
    "asked",
    [
        ("--divergence", "kl"),
        ("--divergence", "is"),
        ("--divergence", "eu"),
        ("--method", "hpss"),
        ("--method", "smooth"),
        ("--method", "flucoma"),
        ("--preset", "Drums in a mix", "--set", "tries=2", "--set", "compare=fast"),
    ],
)
def test_same_seed_same_output_for_any_number_of_threads(tones, tmp_path, asked):
    for threads in ("1", "2", "5"):
        assert separate(tones, tmp_path / threads, "--threads", threads, *asked) == 0
    for path in (tmp_path / "1").iterdir():
        for other in ("2", "5"):
            assert path.read_bytes() == (tmp_path / other / path.name).read_bytes(), path.name


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (("--preset", "drum LOOP"), ["kick", "snare", "hihat"]),
        (("--preset", "beat", "--set", "others=1"), ["kick", "snare", "hihat", "Other 1"]),
        (("--preset", "Speech + noise", "--components", "12", "--set", "selection=0-0.5"), ["Noise", "Rest"]),
        (("--preset", "notes", "--components", "2"), ["Component 1", "Component 2"]),
        (("--method", "hpss", "--set", "masks=advanced"), ["Harmonic", "Percussive", "Residual"]),
        (
            ("--set", "templates=pitched", "--set", "low_pitch=60", "--set", "high_pitch=61", "--divergence", "is"),
            ["C4", "C♯4"],
        ),
    ],
)
def test_presets_methods_and_settings_are_those_of_the_window(tones, tmp_path, asked, names):
    """Layers have the names that the window gives them, those of one name are one layer, and they sum to the mix."""
    assert separate(tones, tmp_path / "out", *asked) == 0
    files = sorted((tmp_path / "out").glob("*.wav"))
    assert [path.name for path in files] == [f"{i:02d} {name}.wav" for i, name in enumerate(names, 1)]
    parts = [soundfile.read(path, dtype="float32")[0] for path in files]
    assert residual_db(soundfile.read(tones, dtype="float32")[0], sum(p.astype(float) for p in parts)) < -90
    with np.load(tmp_path / "out" / "factors.npz", allow_pickle=False) as factors:
        assert factors["layers"].tolist() == names
        count = len(factors["masks"]) if "masks" in factors else factors["W"].shape[1]
        assert len(factors["layer_of_component"]) == count
        assert RunSettings(**json.loads(str(factors["settings"])))


def test_options_come_before_the_preset_and_settings_before_both(tones, tmp_path):
    asked = ("--preset", "notes", "--seed", "3", "--set", "components=2", "--set", "seed=5", "--set", "seed=7")
    assert separate(tones, tmp_path / "out", *asked) == 0
    with np.load(tmp_path / "out" / "factors.npz", allow_pickle=False) as factors:
        settings = RunSettings(**json.loads(str(factors["settings"])))
    assert settings == replace(PRESETS["notes"].settings, components=2, iterations=15, seed=7)


def test_a_preset_has_the_window_that_suits_it_unless_one_is_given(tones, tmp_path):
    rate = soundfile.info(tones).samplerate
    for number, (more, window) in enumerate(
        (((), PRESETS["voice"].analysis(rate).window), (("--window", "512"), 512), (("--preset", "notes"), 2048))
    ):
        asked = ("--preset", "voice", "--set", "components=2", *more)
        assert separate(tones, tmp_path / str(number), *asked) == 0
        with np.load(tmp_path / str(number) / "factors.npz", allow_pickle=False) as factors:
            assert len(factors["W"]) == window // 2 + 1


def test_other_starts_and_the_method_beside_are_told_with_their_costs(tones, tmp_path, capsys):
    arguments = ["--set", "tries=2", "--set", "compare=mu", "--iterations", "4", "--components", "2"]
    assert main(["separate", str(tones), "--out", str(tmp_path / "o"), *arguments]) == 0
    said = capsys.readouterr().out
    assert said.count("Beside it") == 2 and "Beside it mu with seed 0" in said
    with np.load(tmp_path / "o" / "factors.npz", allow_pickle=False) as factors:
        assert factors["costs"][-1] <= factors["other_costs_1"][-1] and len(factors["other_costs_2"]) == 4


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--method", "match"), "no templates"),
        (("--preset", "polka"), "Drum loop"),
        (("--set", "sparsness=1"), "sparsity"),
        (("--set", "sparsity"), "NAME=VALUE"),
        (("--set", "sparsity=11"), "0.0 … 10.0"),
        (("--preset", "speech"), "learn from"),
        (("--preset", "speech", "--set", "selection=7-8"), "Nothing of the recording"),
        (("--set", "templates=nndsvd", "--components", "200"), "200"),
    ],
)
def test_what_can_not_be_done_is_one_sentence(tones, tmp_path, capsys, asked, words):
    assert separate(tones, tmp_path / "out", *asked) == 2
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.strip().splitlines()) == 1 and words in said.err
    assert not list((tmp_path / "out").glob("*"))


def test_settings_that_count_for_nothing_are_told(tones, tmp_path, capsys):
    assert separate(tones, tmp_path / "out", "--set", "smoothness=1", "--set", "sparsity=0.1") == 0
    assert "fast makes no use of smoothness" in capsys.readouterr().err


def test_options_that_count_for_nothing_are_told(tones, tmp_path, capsys):
    assert separate(tones, tmp_path / "out", "--method", "hpss", "--components", "3") == 0
    assert "hpss makes no use of components" in capsys.readouterr().err


def test_layers_of_an_earlier_separation_go_and_nothing_else_does(tones, tmp_path, capsys):
    """Whatever is asked for next, the layers in the folder sum to the recording."""
    out = tmp_path / "out"
    assert separate(tones, out, "--method", "hpss") == 0
    assert sorted(path.name for path in out.glob("*.wav")) == ["01 Harmonic.wav", "02 Percussive.wav"]
    for mine in ("01 Song.wav", "03 Component 3.wav", "notes.txt"):
        (out / mine).write_text("mine")
    with (out / "02 Percussive.wav").open("ab") as file:
        file.write(b"marked by hand")
    assert main(["separate", str(tones), "--out", str(out), "--components", "2", "--iterations", "15"]) == 0
    said = capsys.readouterr().err
    assert "Removed files of the command before: 01 Harmonic.wav" in said
    assert "Kept what was changed since the command before: 02 Percussive.wav" in said
    written = {"01 Component 1.wav", "02 Component 2.wav", "factors.npz", "masks.png"}
    mine = {"01 Song.wav", "02 Percussive.wav", "03 Component 3.wav", "notes.txt"}
    assert {path.name for path in out.glob("[!.]*")} == written | mine
    total = sum(soundfile.read(path, always_2d=True)[0] for path in out.glob("*Component [12].wav"))
    assert np.abs(total - soundfile.read(tones, always_2d=True)[0]).max() < 1e-6


@pytest.mark.parametrize("name", ["factors.npz", "masks.png", "03 Component 3.wav"])
def test_what_others_wrote_is_never_replaced(tones, tmp_path, capsys, name):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("mine")
    assert separate(tones, tmp_path / "out") == 2
    said = capsys.readouterr().err
    assert f"files that this command may not replace, because others wrote or changed them: {name}." in said
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]
    assert (tmp_path / "out" / name).read_text() == "mine"


def test_a_folder_that_can_not_be_is_told_before_the_work(tones, tmp_path, capsys, monkeypatch):
    def worked(*_, **__):
        raise AssertionError("hours of work")

    monkeypatch.setattr("workbench.commands.separating.factorise", worked)
    (tmp_path / "file").write_text("mine")
    assert separate(tones, tmp_path / "file" / "out") == 2
    said = capsys.readouterr().err
    assert "file” is a file" in said and len(said.strip().splitlines()) == 1
    assert (tmp_path / "file").read_text() == "mine"


def test_the_recording_itself_is_never_replaced(tones, tmp_path):
    """Separating a layer of an earlier separation, in place."""
    assert separate(tones, tmp_path / "out") == 0
    layer = tmp_path / "out" / "01 Component 1.wav"
    mine = tmp_path / "mine" / layer.name
    mine.parent.mkdir()
    mine.write_bytes(layer.read_bytes())
    assert separate(mine, mine.parent) == 2
    assert mine.read_bytes() == layer.read_bytes() and list(mine.parent.iterdir()) == [mine]


def test_a_folder_without_a_name_is_refused(tones, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["separate", str(tones), "--out", ""])
    assert "the name of the folder is empty" in capsys.readouterr().err and list(tmp_path.iterdir()) == [tones]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_command_that_is_ended_leaves_nothing(tmp_path, number):
    """Somewhere on the way, the writing of layers included."""
    rng = np.random.default_rng(0)
    soundfile.write(tmp_path / "noise.wav", 0.1 * rng.standard_normal((44100 * 30, 2)), 44100)
    out = tmp_path / "out"
    command = [sys.executable, "-m", "workbench", "separate", str(tmp_path / "noise.wav"), "--out", str(out)]
    process = subprocess.Popen([*command, "--method", "hpss"], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not list(out.glob(".workbench.*.part/*")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(number)
    said = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 128 + number and "Traceback" not in said
    assert not out.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_signal_that_is_ignored_stays_ignored():
    """As `nohup` asks for."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_by_signal():
            os.kill(os.getpid(), signal.SIGHUP)
            with pytest.raises(SystemExit):
                os.kill(os.getpid(), signal.SIGTERM)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_files_that_went_are_told_also_by_a_command_that_is_ended_just_then(tones, tmp_path, capsys, monkeypatch):
    out, real = tmp_path / "out", os.replace
    assert separate(tones, out, "--method", "hpss") == 0

    def stopped(here, there):
        if Path(there).parent.name == BEFORE:
            os.kill(os.getpid(), signal.SIGINT)
        real(here, there)

    monkeypatch.setattr(os, "replace", stopped)
    assert separate(tones, out) == 130
    assert "Removed files of the command before: 01 Harmonic.wav, 02 Percussive.wav" in capsys.readouterr().err
    assert [path.name for path in sorted(out.glob("*.wav"))] == [f"0{i} Component {i}.wav" for i in range(1, 5)]


def test_another_seed_is_another_result(tones, tmp_path):
    separate(tones, tmp_path / "a")
    separate(tones, tmp_path / "b", "--seed", "1")
    name = "01 Component 1.wav"
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
    assert not soundfile.read(tmp_path / "out" / "01 Component 1.wav")[0].any()


def test_no_display_is_said_with_the_headless_command(capsys, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform.startswith("linux"):
        assert main([]) == 2
        assert "workbench separate" in capsys.readouterr().err


def without_qt(*arguments):
    """Run a command in a process of its own; the modules of Qt that it imported."""
    code = (
        "import sys; from workbench.__main__ import main; "
        f"status = main({[str(each) for each in arguments]!r}); "
        "print(*(m for m in sys.modules if m.startswith(('PySide6', 'shiboken6', 'pyqtgraph')))); sys.exit(status)"
    )
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "QT_QPA_PLATFORM")}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split()


def test_the_headless_commands_never_import_qt(tones, tmp_path):
    assert without_qt("separate", tones, "--out", tmp_path / "o", "--quiet", "--preset", "drums") == []
    save_project(tmp_path / "p.workbench", load(tones), fresh_state(Analysis()), {})
    found = without_qt("render", tmp_path / "p.workbench", "--out", tmp_path / "o", "--quiet")
    assert found == []


def test_the_progress_bar_ends_at_100_percent(tones, tmp_path, capsys):
    arguments = ["separate", str(tones), "--out", str(tmp_path / "o"), "--iterations", "3"]
    assert main(arguments) == 0
    said = capsys.readouterr()
    assert "Factorising" in said.err and "100 %" in said.err and "Wrote 10 layers" in said.out
