"""``workbench render``: a saved project becomes the files that the window would export."""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import asdict
from pathlib import Path

from workbench.api.exporting import Wanted, export
from workbench.api.work import opened_project
from workbench.commands.arguments import add_common, add_fields, fields_from, folder
from workbench.commands.bar import Bar
from workbench.commands.guarding import DONE, guarded, unsaid
from workbench.commands.lines import failed_line, print_line
from workbench.commands.page import Page
from workbench.outputs import Outputs
from workbench.wording import sentence

PAGE = Page(
    "render",
    "write the mix, groups and layers of a project",
    "Write the mix of a saved project, and its groups and layers where they are asked for: exactly the files that the "
    "window would export, byte for byte and under the same names.\n\n"
    "All files appear at once when they are done. Files that an earlier command wrote give way to them; nothing else "
    "in the folder is ever replaced.",
    (
        ("The mix, in 32-bit float, which nothing can clip", "workbench render song.workbench --out mix"),
        (
            "The groups for another program, as FLAC, without the mix",
            "workbench render song.workbench --groups --no-mix --format flac --out stems",
        ),
        (
            "Everything, and what was written for a program",
            "workbench render song.workbench --groups --layers --json --out all",
        ),
    ),
    (
        ("RECORDING mix.EXT", "the mix, behind all faders"),
        ("NN GROUP.EXT", "a group, or a layer that is in none (--groups)"),
        ("NN LAYER.EXT", "a layer (--layers); beside groups in a folder “layers”"),
        (".workbench-files.json", "which of these files the next command may replace"),
    ),
)


def fill(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("project", type=Path, metavar="PROJECT", help="project file (.workbench)")
    parser.add_argument(
        "--out", type=folder, required=True, metavar="DIR", help="folder for the files; made if it is not there"
    )
    add_fields(parser.add_argument_group("what to write"), Wanted)
    add_common(parser)


def run(options: argparse.Namespace) -> int:
    """Do it; returns the exit status."""
    failed = failed_line(event="render", project=options.project) if options.json else unsaid
    return guarded(lambda: _render(options), failed)


def _render(options: argparse.Namespace) -> int:
    work, wanted = opened_project(options.project), fields_from(options, Wanted)
    for remark in work.recording.remarks:
        print(sentence(remark), file=sys.stderr)
    bar = Bar("Rendering", options.quiet)
    done = export(work.scene, options.out, wanted, work.used, bar.show, _tell_outputs)
    bar.done()
    remarks = [sentence(each) for each in work.recording.remarks]
    asked = wanted.rate or work.recording.rate
    rate = wanted.form.rate_for(asked)
    if rate != asked:
        remarks.append(f"The format has no {asked / 1000:g} kHz: it is written at {rate / 1000:g} kHz.")
        print(remarks[-1], file=sys.stderr)
    peak_db = 20 * math.log10(done.peak) if done.peak > 0 else -math.inf
    if wanted.form.clips and done.peak >= 1.0:
        print(
            f"The loudest sample was {peak_db:.1f} dB above full scale and is clipped; wav-float keeps it.",
            file=sys.stderr,
        )
    if options.json:
        files = [
            {
                "name": name,
                "peak": each.peak,
                "lufs": None if each.loudness is None else each.loudness.lufs,
                "true_peak": None if each.loudness is None else each.loudness.true_peak,
            }
            for name, each in zip(done.names, done.measured, strict=True)
        ]
        print_line(
            event="render",
            project=options.project,
            recording=work.recording.path,
            out=options.out,
            status="done",
            files=files,
            **asdict(wanted),
            peak_db=peak_db,
            remarks=remarks,
        )
    elif not options.quiet:
        print(f"Wrote {len(done.names)} file(s) to {options.out}")
    return DONE


def _tell_outputs(outputs: Outputs) -> None:
    """Tell what became of the files of an earlier command, also who wants it quiet."""
    for text in outputs.told:
        print(text, file=sys.stderr)
