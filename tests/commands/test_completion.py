"""What shells offer, asked of real shells where they are installed."""

import shutil
import subprocess
import sys

import pytest

from workbench.__main__ import main
from workbench.commands.catalogue import COMMANDS, whole_parser
from workbench.commands.completion import SHELLS, script
from workbench.separation.settings import METHODS

BASH = """
source "$1"; shift
complete -p workbench | grep -q _shtab_workbench || exit 1
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
_shtab_workbench
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """
zmodload zsh/zpty
zpty asked zsh -f -i
zpty -w asked "PS1=; autoload -U compinit; compinit -u -D; eval \\"\\$(<$1)\\"; cd ${(q)2}; print rea''dy"
zpty -r -m asked said '*ready*'
zpty -w -n asked "$3"$'\\t'
zpty -r -m asked said "*$4*" && print found
"""


@pytest.fixture(params=["bash", "fish"])
def shell(request):
    if sys.platform == "win32" or shutil.which(request.param) is None:
        pytest.skip(f"no {request.param} here")
    return request.param


@pytest.fixture
def offered(shell, tmp_path, capsys):
    """What a shell offers for the last word of a command line, in a folder with some files."""
    assert main(["completion", shell]) == 0
    code = tmp_path / "code"
    code.write_text(capsys.readouterr().out)
    here = tmp_path / "here"
    (here / "parts").mkdir(parents=True)
    for name in ("song.wav", "song 2.workbench"):
        (here / name).touch()

    def ask(line):
        if shell == "bash":
            command = ["bash", "-c", BASH, "bash", str(code), *line.split(" ")]
        else:
            command = ["fish", "-c", "source $argv[1]; complete -C $argv[2]", str(code), line]
        done = subprocess.run(command, cwd=here, capture_output=True, text=True, timeout=30, check=True)
        return {each.split("\t")[0].rstrip("/") for each in done.stdout.splitlines() if each}

    return ask


def test_commands_options_choices_and_files_are_offered(offered):
    assert offered("workbench s") >= {"separate"}
    assert offered("workbench ") >= set(COMMANDS)
    assert offered("workbench separate --se") == {"--seed", "--set"}
    assert offered("workbench separate --method ") == set(METHODS)
    assert offered("workbench render --format flac-") == {"flac-16", "flac-24"}
    assert offered("workbench separate son") >= {"song.wav"}
    assert offered("workbench separate song.wav --out pa") == {"parts"}
    assert offered("workbench completion f") == {"fish"}


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("workbench sep", "separate"),
        ("workbench son", "song.wav"),
        ("workbench separate --meth", "--method"),
        ("workbench separate --method pat", "patterns"),
    ],
)
def test_zsh_completes_them(tmp_path, line, wanted):
    (tmp_path / "code").write_text(script(whole_parser(), "zsh"))
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "song.wav").touch()
    asked = ["zsh", "-f", "-c", ZSH, "zsh", str(tmp_path / "code"), str(tmp_path / "here"), line, wanted]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=30)
    assert done.stdout.strip().endswith("found"), done.stderr


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_leaves_to_readline_what_is_no_command(tmp_path):
    """As the name of a recording for the window."""
    (tmp_path / "code").write_text(script(whole_parser(), "bash"))
    asked = ["bash", "-c", 'source "$1"; complete -p workbench', "bash", str(tmp_path / "code")]
    assert "-o default" in subprocess.run(asked, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", SHELLS)
def test_every_option_of_every_command_is_in_the_script(name, capsys):
    assert main(["completion", name]) == 0
    told = capsys.readouterr().out
    for command, each in COMMANDS.items():
        parser = whole_parser()
        each.fill(parser)
        options = [option for action in parser._actions for option in action.option_strings if option[:2] == "--"]
        assert command in told and all(option.removeprefix("--") in told for option in options)
