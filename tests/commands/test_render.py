"""A project becomes the files that it asks for, and nothing that others wrote is touched."""

import json

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from workbench import Project
from workbench.__main__ import main
from workbench.api.exporting import FORMAT_NAMES
from workbench.audio.formats import Container, SampleFormat
from workbench.audio.recording import load
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import sources as source_acts
from workbench.document.project import save_project
from workbench.document.state import Run, fresh_state
from workbench.masks.edits.areas import rectangle
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors
from workbench.separation.settings import RunSettings
from workbench.spectral.stft import Analysis


@pytest.fixture
def tones(tmp_path):
    path = tmp_path / "tones.wav"
    soundfile.write(path, tone_mix(2.0, 16000), 16000, subtype="FLOAT")
    return path


@pytest.fixture
def project(tones, tmp_path):
    """Four components, two of them in a group."""
    made = Project.open(tones).factorise(components=4, iterations=5)
    made.group(["Component 1", "Component 3"], "Band")
    made.adjust("Band", gain_db=-6.0)
    return made.save(tmp_path / "p.workbench")


def written(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("[!.]*") if path.is_file())


def test_render_writes_a_project_s_mix_and_layers(tones, tmp_path):
    state, _ = layer_acts.add_layer(fresh_state(Analysis()), "Nothing")
    state = layer_acts.change_layer(state, state.layers[0].id, gain_db=-6.0)
    save_project(tmp_path / "p.workbench", load(tones), state, {})
    assert main(["render", str(tmp_path / "p.workbench"), "--out", str(tmp_path / "o"), "--layers", "--quiet"]) == 0
    mix = soundfile.read(tmp_path / "o" / "tones mix.wav")[0]
    np.testing.assert_allclose(mix, soundfile.read(tones)[0] * 10 ** (-6 / 20), atol=1e-6)
    assert (tmp_path / "o" / "01 Everything.wav").exists()


def test_render_writes_the_sources_that_marks_make(tones, tmp_path):
    recording = load(tones)
    analysis, rng = Analysis(), np.random.default_rng(0)
    frames = analysis.frames(len(recording.samples))
    factors = Factors(rng.random((analysis.bins, 4), np.float32), rng.random((4, frames), np.float32))
    state, layer = source_acts.add_source(
        source_acts.begin_sources(fresh_state(analysis), 1, "Sources", "Rest"), "Source 1"
    )
    place = rectangle(Region(20, 60, 0, frames), analysis.bins, frames)
    state = source_acts.add_mark(state, layer, place)
    save_project(tmp_path / "p.workbench", recording, state, {1: Run(RunSettings(components=4), factors)})
    assert main(["render", str(tmp_path / "p.workbench"), "--out", str(tmp_path / "o"), "--layers", "--quiet"]) == 0
    rest, source = (soundfile.read(tmp_path / "o" / f"{name}.wav")[0] for name in ("01 Rest", "02 Source 1"))
    np.testing.assert_allclose(rest + source, soundfile.read(tones)[0], atol=1e-5)
    assert np.abs(rest).max() > 0.01 and np.abs(source).max() > 0.01


def test_what_is_written_is_what_is_asked_for(project, tmp_path):
    def names(*asked):
        out = tmp_path / "-".join(("out", *asked)).replace("/", "")
        assert main(["render", str(project), "--out", str(out), "--quiet", *asked]) == 0
        return written(out)

    groups = ["01 Band", "02 Component 2", "03 Component 4"]
    layers = ["01 Component 1", "02 Component 3", "03 Component 2", "04 Component 4"]
    assert names() == ["tones mix.wav"]
    assert names("--groups", "--no-mix") == [f"{name}.wav" for name in groups]
    assert names("--layers", "--format", "flac") == [f"{name}.flac" for name in layers] + ["tones mix.flac"]
    both = names("--groups", "--layers", "--no-mix")
    assert both == [f"{name}.wav" for name in groups] + [f"layers/{name}.wav" for name in layers]


def test_parts_sum_to_the_recording_before_the_faders_and_to_the_mix_after_them(project, tones, tmp_path):
    for more, wanted in (((), tones), (("--after-faders",), tmp_path / "after" / "tones mix.wav")):
        out = tmp_path / ("after" if more else "before")
        assert main(["render", str(project), "--out", str(out), "--groups", "--quiet", *more]) == 0
        parts = [soundfile.read(path)[0] for path in out.glob("0*.wav")]
        np.testing.assert_allclose(sum(parts), soundfile.read(wanted)[0], atol=1e-5)


def test_every_format_of_the_window_has_a_name_and_a_container_alone_stands_for_the_best():
    assert FORMAT_NAMES["flac"] == FORMAT_NAMES["flac-24"] and FORMAT_NAMES["wav"] == FORMAT_NAMES["wav-float"]
    assert FORMAT_NAMES["flac"].container == Container.FLAC and FORMAT_NAMES["flac"].subtype == SampleFormat.PCM_24


@pytest.mark.parametrize(
    ("source", "words"),
    [("missing.workbench", "no file"), ("tones.wav", "no project of this program"), (".", "can't be read")],
)
def test_what_is_no_project_is_one_sentence(tones, tmp_path, capsys, source, words):
    for json_too in ([], ["--json"]):
        assert main(["render", str(tmp_path / source), "--out", str(tmp_path / "o"), *json_too]) == 2
        said = capsys.readouterr()
        assert words in said.err and len(said.err.splitlines()) == 1
        lines = [json.loads(line) for line in said.out.splitlines()]
        assert [each["status"] for each in lines] == ["failed"] * len(json_too)
    assert not (tmp_path / "o").exists()


def test_programs_are_told_of_each_file(project, tmp_path, capsys):
    arguments = ["render", str(project), "--out", str(tmp_path / "o"), "--groups", "--json", "--format", "wav-16"]
    assert main(arguments) == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert [each["name"] for each in told["files"]] == ["tones mix.wav", *written(tmp_path / "o")[:3]]
    mix = soundfile.read(tmp_path / "o" / "tones mix.wav")[0]
    assert told["files"][0]["peak"] == pytest.approx(np.abs(mix).max(), abs=1e-4)
    assert told["status"] == "done" and told["format"] == "wav-16" and told["recording"].endswith("tones.wav")


def test_what_is_clipped_is_told(project, tmp_path, capsys):
    loud = Project.open(project)
    for name in ("Component 1", "Component 3", "Band"):
        loud.adjust(name, gain_db=12.0)
    loud.save()
    assert main(["render", str(project), "--out", str(tmp_path / "o"), "--format", "flac", "--quiet"]) == 0
    assert "above full scale" in capsys.readouterr().err


def test_another_rate_than_was_asked_for_is_told(project, tmp_path, capsys):
    asked = ["render", str(project), "--out", str(tmp_path / "o"), "--format", "mp3", "--rate", "12345", "--json"]
    assert main(asked) == 0
    said = capsys.readouterr()
    assert "no 12.345 kHz: it is written at 16 kHz" in said.err
    assert json.loads(said.out.splitlines()[-1])["remarks"] == [said.err.strip().splitlines()[-1]]
    assert soundfile.info(next((tmp_path / "o").glob("*.mp3"))).samplerate == 16000


def test_a_command_that_is_none_is_told_with_the_nearest(capsys):
    assert main(["rendr", "song.workbench", "--out", "parts"]) == 2
    said = capsys.readouterr().err
    assert "no command rendr" in said and "render is meant" in said
    # What has no likeness to any is a file.
    with pytest.raises(SystemExit):
        main(["gone.wav", "--theme", "dark"])
    assert "no command" not in capsys.readouterr().err


def test_nothing_to_write_is_said(project, tmp_path, capsys):
    assert main(["render", str(project), "--out", str(tmp_path / "o"), "--no-mix"]) == 2
    assert "nothing to write" in capsys.readouterr().err and not (tmp_path / "o").exists()
