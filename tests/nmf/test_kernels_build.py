"""Wheels hold the kernels where there is a compiler, and are made without them where there is none."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from workbench.nmf.kernels.build import SETS, compile_all, library_path
from workbench.nmf.kernels.compiled import Library, available

ROOT = Path(__file__).resolve().parents[2]
compiler = pytest.mark.skipif(not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler")


@pytest.fixture
def source(tmp_path):
    """A copy of what the wheel is made from, in which the libraries are made."""
    ignored = shutil.ignore_patterns("*.so", "__pycache__")
    for name in ("workbench", "resources"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def wheel(source: Path, **environment: str) -> tuple[str, list[str], str]:
    """Name, files and messages of the wheel that hatchling makes."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(source / "dist")]
    run = subprocess.run(
        command, cwd=source, env=os.environ | environment, check=True, text=True, stdout=-1, stderr=subprocess.STDOUT
    )
    [path] = (source / "dist").glob("*.whl")
    return path.name, zipfile.ZipFile(path).namelist(), run.stdout


@compiler
def test_a_wheel_holds_the_kernels_and_is_for_this_system(source):
    name, files, _ = wheel(source)
    libraries = [file for file in files if file.endswith(".so")]
    assert libraries and all(file.startswith("workbench/nmf/kernels/fused-") for file in libraries)
    assert "-none-any" not in name and "workbench/nmf/kernels/fused.c" in files


def test_without_a_compiler_the_wheel_is_for_every_system_and_says_what_it_lacks(source):
    (source / "empty").mkdir()
    name, files, said = wheel(source, PATH=str(source / "empty"), CC="nothing")
    assert name.endswith("-py3-none-any.whl") and not [file for file in files if file.endswith(".so")]
    assert "No C compiler" in said


@compiler
def test_libraries_take_the_place_of_old_ones(tmp_path):
    stale = tmp_path / "fused-avx2-00000000.so"
    stale.touch()
    made = compile_all(tmp_path)
    assert made and not stale.exists() and set(tmp_path.iterdir()) == set(made)
    assert [each.instructions for each in available(tmp_path)]


def test_a_source_that_does_not_compile_makes_no_library(tmp_path, monkeypatch):
    monkeypatch.setenv("CC", "false")
    assert compile_all(tmp_path) == [] and not list(available(tmp_path))


def test_a_file_that_is_no_library_is_passed_over(tmp_path):
    for name in SETS:
        library_path(name, tmp_path).write_bytes(b"nothing")
    assert not list(available(tmp_path))
    with pytest.raises(OSError):
        Library("baseline", library_path("baseline", tmp_path))
