"""``python -m tests.benchmarks NAME`` measures; without a name it lists the names."""

from __future__ import annotations

import sys

from tests.benchmarks import (
    Report,
    afternoon,
    edit,
    effort,
    engine,
    engine_paths,
    exchange,
    extraction,
    inputs,
    live,
    main_job,
    marks,
    memory,
    point,
    presets,
    recovery,
    scores,
    selections,
    told,
    window_load,
    windows,
)

BENCHMARKS = {
    "main": main_job.measure,
    "engine": engine.measure,
    "engine-paths": engine_paths.measure,
    "presets": presets.measure,
    "extraction": extraction.measure,
    "windows": windows.measure,
    "scores": scores.measure,
    "exchange": exchange.measure,
    "edit": edit.measure,
    "afternoon": afternoon.measure,
    "selections": selections.measure,
    "effort": effort.measure,
    "told": told.measure,
    "marks": marks.measure,
    "point": point.measure,
    "live": live.measure,
    "window": window_load.measure,
    "inputs": inputs.measure,
    "recovery": recovery.measure,
    "memory": memory.measure,
}


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] not in BENCHMARKS:
        print("\n".join(BENCHMARKS))
        return 0 if len(sys.argv) < 2 else 2
    report = Report()
    BENCHMARKS[sys.argv[1]](report)
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
