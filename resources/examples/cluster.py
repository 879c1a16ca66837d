"""Separate a folder of many recordings over a cluster: python cluster.py FOLDER OUT [--scheduler ADDRESS] [--workers N]

Needs Dask (pip install "spectrogram-workbench[cluster]"), on every machine the same version of this program, and a file
system that all of them see. Without a scheduler the workers are processes of this machine.

What is done is passed over, so that the command may be given again. A worker that is lost costs nothing but its time:
another one begins its file anew, and half a result is never in the place of a whole one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from uuid import uuid4

from distributed import Client, LocalCluster, as_completed

SOUND = {".wav", ".flac", ".aif", ".aiff", ".ogg", ".opus", ".mp3"}
SETTINGS = {"preset": "General", "components": 8, "iterations": 60, "seed": 0}
"""The same seed gives the same files, on any machine of one kind and for any number of workers."""


def separate(path: Path, done: Path) -> str:
    """Separate one recording into a folder, which appears when all is in it. This runs on a worker."""
    from workbench import Project

    if done.exists():
        return "there already"
    done.parent.mkdir(parents=True, exist_ok=True)
    partial = done.with_name(f".{done.name}.{uuid4().hex}.part")
    try:
        Project.open(path).factorise(**SETTINGS, threads=1).export(partial, mix=False, layers=True, format="flac")
        try:
            partial.rename(done)
        except OSError:
            # A worker that was only thought to be lost may have been faster.
            if not done.exists():
                raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return "separated"


def separate_all(client: Client, folder: Path, out: Path) -> int:
    """All recordings of a folder and of those within it; returns how many failed."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SOUND and out not in path.parents)
    places = [out / path.relative_to(folder) for path in paths]
    futures = client.map(separate, paths, places, pure=False)
    names, failed = dict(zip((each.key for each in futures), paths, strict=True)), 0
    for future in as_completed(futures):
        error = future.exception()
        failed += error is not None
        print(f"{names[future.key]}: {future.result() if error is None else error}", flush=True)
    # What lost workers left behind; none works any more.
    for partial in out.rglob(".*.part"):
        shutil.rmtree(partial, ignore_errors=True)
    return failed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--scheduler", help="address of a scheduler, as tcp://10.0.0.1:8786")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes, where there is no scheduler")
    options = parser.parse_args()
    local = None if options.scheduler else LocalCluster(options.workers, threads_per_worker=1, dashboard_address=None)
    with Client(options.scheduler or local) as client:
        failed = separate_all(client, options.folder.resolve(), options.out.resolve())
    if local is not None:
        local.close()
    sys.exit(min(1, failed))
