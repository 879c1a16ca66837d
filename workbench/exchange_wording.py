"""Sentences for what is wrong with files of other programs; `workbench.wording` has them with all others."""

from __future__ import annotations

from workbench.translating import QT_TRANSLATE_NOOP

EXCHANGE: dict[str, str] = {
    "exchange.damaged": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” is no {kind} file that can be read, or it is damaged; choose another copy of it."
    ),
    "exchange.exists": QT_TRANSLATE_NOOP(
        "Errors", "“{folder}” has files of these names already: {files}. Nothing was written; choose another name."
    ),
    "exchange.label_line": QT_TRANSLATE_NOOP("Errors", "“{name}” holds no list of labels: {reason}"),
    "exchange.negative": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” holds values below zero, or no finite numbers; templates and activations have neither."
    ),
    "exchange.neither": QT_TRANSLATE_NOOP(
        "Errors",
        "“{name}” has the shape {found}; templates here have {bins} bins, activations {frames} frames: choose the "
        "window and hop that it was made with.",
    ),
    "exchange.no_factor_file": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” is of no kind that factors are read from; choose NPZ, CSV or WAV files."
    ),
    "exchange.no_factors": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” holds no factors; they are arrays with the names W and H."
    ),
    "exchange.no_factors_here": QT_TRANSLATE_NOOP(
        "Errors", "This stack has no templates and activations to export; factorise, or choose another stack."
    ),
    "exchange.no_labels": QT_TRANSLATE_NOOP("Errors", "“{name}” holds no labels; choose another file."),
    "exchange.no_mask_file": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” is of no kind that masks are read from; choose NPY, NPZ, PNG or WAV files."
    ),
    "exchange.no_masks": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” holds no masks; they are arrays of two or three axes, such as masks × bins × frames."
    ),
    "exchange.not_finite": QT_TRANSLATE_NOOP(
        "Errors", "“{mask}” in “{name}” is no finite number at bin {row}, frame {frame}; masks are from 0 to 1."
    ),
    "exchange.not_numbers": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” holds something else than real numbers; save it as an array of floats."
    ),
    "exchange.nothing_to_write": QT_TRANSLATE_NOOP(
        "Errors", "There is nothing of this kind, so there is nothing to write; choose something else to export."
    ),
    "exchange.other_bins": QT_TRANSLATE_NOOP(
        "Errors",
        "“{name}” has the shape {found}, and templates here have {bins} bins; choose the window that it was made with.",
    ),
    "exchange.other_frames": QT_TRANSLATE_NOOP(
        "Errors",
        "“{name}” has the shape {found}, and activations here have {frames} frames; choose the hop that it was made "
        "with.",
    ),
    "exchange.other_plane": QT_TRANSLATE_NOOP(
        "Errors",
        "“{name}” has the shape {found}, and masks here are {bins} bins × {frames} frames; choose the window and hop "
        "that it was made with.",
    ),
    "exchange.other_samples": QT_TRANSLATE_NOOP(
        "Errors",
        "“{name}” has {samples} samples, and masks here {wanted}: {bins} bins × {frames} frames; choose the window and "
        "hop that it was made with.",
    ),
    "exchange.out_of_range": QT_TRANSLATE_NOOP(
        "Errors",
        "“{mask}” in “{name}” is {value:g} at bin {row}, frame {frame}; masks are from 0 to 1: scale it first.",
    ),
    "exchange.patterns": QT_TRANSLATE_NOOP(
        "Errors", "Templates of {frames} frames each do not fit into this format; choose NPZ."
    ),
    "exchange.same_factor": QT_TRANSLATE_NOOP(
        "Errors", "Both files hold the same, templates or activations; choose one of each."
    ),
    "exchange.sum_above": QT_TRANSLATE_NOOP(
        "Errors", "These masks sum to as much as {sum:.3g} in a bin, and no more than all can be shared; scale them."
    ),
    "exchange.too_large": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” holds {claimed} MB where at most {most} MB can be of use; choose another file."
    ),
    "exchange.too_loud": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” holds values so large that no sound is made from them; scale them to a spectrogram's."
    ),
    "exchange.too_many_components": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” has {components} components, and at most {most} fit; choose another file."
    ),
    "exchange.too_many_masks": QT_TRANSLATE_NOOP(
        "Errors", "There are {masks} masks, and from 1 to {most} make a stack; choose other files."
    ),
    "exchange.too_many_pixels": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” has {width} × {height} pixels, more than programs open; choose NPY or NPZ."
    ),
    "exchange.unlike": QT_TRANSLATE_NOOP(
        "Errors", "Some factors are of {one} components, the others of {other}; choose those that belong together."
    ),
    "exchange.unreadable": QT_TRANSLATE_NOOP("Errors", "“{name}” can't be read: {reason}; choose another file."),
}
"""English sentences by their codes, as in `wording.SENTENCES`."""
