"""What is told of files is what they are."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from workbench import Project
from workbench.__main__ import main

FILES = Path(__file__).resolve().parents[1] / "document" / "files"


def told(capsys, *paths):
    status = main(["info", *map(str, paths), "--json"])
    said = capsys.readouterr()
    return status, [json.loads(line) for line in said.out.splitlines()], said.err


@pytest.fixture
def song(tmp_path):
    path = tmp_path / "song.flac"
    with soundfile.SoundFile(path, "w", 22050, 2, "PCM_24") as file:
        file.title, file.artist = "Tönë", "Nobody"
        file.write(0.5 * tone_mix(2.0, 22050) / np.abs(tone_mix(2.0, 22050)).max())
    return path


def test_of_a_sound_file_its_format_length_peak_and_tags(song, capsys):
    status, (facts,), _ = told(capsys, song)
    assert status == 0 and facts["kind"] == "sound" and "FLAC" in facts["format"] and "24 bit" in facts["samples"]
    assert (facts["rate"], facts["channels"], facts["frames"], facts["seconds"]) == (22050, 2, 44100, 2.0)
    assert facts["peak_db"] == pytest.approx(20 * np.log10(0.5), abs=1e-3)
    assert facts["tags"] == {"title": "Tönë", "artist": "Nobody"}
    assert facts["bytes"] == song.stat().st_size and not facts["damaged"] and facts["remarks"] == []


def test_the_same_for_people(song, capsys):
    assert main(["info", str(song)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{song}:\n") and "Nobody" in said and "22050" in said and "remarks" not in said


def test_silence_has_no_peak(tmp_path, capsys):
    soundfile.write(tmp_path / "s.wav", np.zeros((100, 1)), 8000)
    _, (facts,), _ = told(capsys, tmp_path / "s.wav")
    assert facts["peak_db"] is None
    assert main(["info", str(tmp_path / "s.wav")]) == 0 and "-∞" in capsys.readouterr().out


def test_damage_is_told_and_what_can_not_be_read_at_all_is_a_failure(song, tmp_path, capsys):
    cut = tmp_path / "cut.wav"
    soundfile.write(cut, tone_mix(1.0), 8000)
    cut.write_bytes(cut.read_bytes()[:-9000])
    none = tmp_path / "none.wav"
    none.write_text("words")
    status, (whole, damaged, failed), said = told(capsys, song, cut, none)
    assert status == 1 and not whole["damaged"] and damaged["damaged"] and "cut short" in damaged["remarks"][0]
    assert failed["status"] == "failed" and failed["error"]["code"] == "audio.not_sound"
    assert len(said.splitlines()) == 2
    assert told(capsys, none)[0] == told(capsys, none, tmp_path / "missing.wav")[0] == 2


@pytest.fixture
def project(tmp_path):
    soundfile.write(tmp_path / "tones.wav", tone_mix(1.0), 8000, subtype="FLOAT")
    made = Project.open(tmp_path / "tones.wav", window=512)
    made.factorise(components=3, iterations=4, seed=2)
    made.group(["Component 1", "Component 2"], "Band")
    made.adjust("Band", gain_db=float("-inf"))
    made.paint("Band", 0.3, seconds=(0.1, 0.4))
    made.mark("Bass", (0.1, 0.2), (100, 400))
    return made.save(tmp_path / "p.workbench")


def test_of_a_project_what_it_holds(project, capsys):
    status, (facts,), _ = told(capsys, project)
    assert status == 0 and facts["kind"] == "project" and (facts["window"], facts["hop"]) == (512, 128)
    assert facts["recording"]["found"] == str(project.with_name("tones.wav")) and facts["recording"]["frames"] == 8000
    first, sources = facts["stacks"]
    assert (first["layers"], first["groups"], first["edits"], first["present"]) == (3, 1, 1, False)
    assert (sources["marks"], sources["present"]) == (1, True)
    assert [each["name"] for each in facts["layers"]] == ["Rest", "Bass"]
    run = facts["runs"][0]
    assert (run["method"], run["components"], run["seed"], run["iterations"]) == ("fast", 3, 2, 4) and run["cost"] > 0
    assert facts["history_steps"] == 5 and facts["sizes"]["factors"] > 0 and facts["schema"] >= 9
    assert main(["info", str(project)]) == 0 and "Bass" in capsys.readouterr().out


def test_a_project_tells_also_where_its_recording_is_gone(project, capsys):
    project.with_name("tones.wav").unlink()
    status, (facts,), _ = told(capsys, project)
    assert status == 0 and facts["recording"]["found"] is None and "not where it was" in facts["remarks"][0]


def test_projects_of_every_version_are_told_of(capsys, tmp_path):
    paths = sorted(FILES.glob("schema?.workbench"))
    status, facts, _ = told(capsys, *paths)
    assert status == 0 and [each["schema"] for each in facts] == [int(path.stem[-1]) for path in paths]
    # By how it begins, whatever it is called.
    shutil.copy(paths[-1], tmp_path / "renamed.zip")
    shutil.copy(FILES / "tones.wav", tmp_path)
    assert told(capsys, tmp_path / "renamed.zip")[1][0]["kind"] == "project"


def test_a_damaged_project_is_one_sentence(project, capsys):
    project.write_bytes(project.read_bytes()[:-200])
    status, (facts,), said = told(capsys, project)
    assert status == 2 and facts["error"]["code"] == "document.damaged" and len(said.splitlines()) == 1
