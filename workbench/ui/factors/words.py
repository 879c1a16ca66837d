"""What is said of the parameters of a factorisation: labels, choices, and a sentence with the range."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.separation.presets import PRESETS
from workbench.separation.settings import METHODS, RANGES


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("Parameters", text)


def choices(field: str) -> list[tuple[str, object]]:
    """Texts and values of a list to choose from."""
    words: dict[str, dict[str, str]] = {
        "method": {
            "fast": tr("Components · NMF"),
            "mu": tr("Components · exact MU steps"),
            "online": tr("Components · mini-batches"),
            "flucoma": tr("Components · as FluCoMa"),
            "smooth": tr("Smooth · IS-NMF by MM"),
            "sequential": tr("Smooth · MM, frame by frame"),
            "em": tr("Smooth · EM (SAGE)"),
            "patterns": tr("Patterns · NMFD"),
            "libnmfd": tr("Patterns · as libnmfd"),
            "match": tr("Known sounds · match templates"),
            "hpss": tr("Tones and hits · HPSS"),
        },
        "preset": {key: QCoreApplication.translate("Presets", each.name) for key, each in PRESETS.items()},
        "divergence": {
            "kl": tr("Kullback–Leibler"),
            "is": tr("Itakura–Saito"),
            "eu": tr("Euclidean"),
            "beta": tr("other β"),
        },
        "templates": {
            "random": tr("Random"),
            "uniform": tr("All alike"),
            "nndsvd": tr("Singular vectors (NNDSVD)"),
            "pitched": tr("Pitches"),
            "drums": tr("Drum sounds"),
            "selection": tr("Learnt from the selection"),
            "present": tr("The present ones (seed)"),
        },
        "activations": {
            "random": tr("Random"),
            "uniform": tr("All alike"),
            "events": tr("A list of onsets"),
            "present": tr("The present ones (seed)"),
        },
        "exponent": {"mm": tr("γ(β): surely downwards"), "one": tr("1: longer steps")},
        "masks": {
            "soft": tr("Soft"),
            "binary": tr("Binary"),
            "coupled": tr("Coupled (threshold)"),
            "advanced": tr("Advanced (with a residual)"),
        },
    }
    if field == "compare":
        methods = words["method"]
        return [(tr("nothing"), ""), *((methods[m], m.value) for m in METHODS if "compare" in METHODS[m].uses)]
    return [(text, key) for key, text in words[field].items()]


def label(field: str) -> str:
    """Name of a parameter."""
    return {
        "preset": tr("Preset"),
        "method": tr("Method"),
        "components": tr("Components"),
        "divergence": tr("Divergence"),
        "beta": tr("β"),
        "iterations": tr("Iterations"),
        "seed": tr("Seed"),
        "tries": tr("Starts to try"),
        "compare": tr("Run beside it"),
        "templates": tr("Templates begin"),
        "activations": tr("Activations begin"),
        "hold_templates": tr("Hold templates"),
        "hold_activations": tr("Hold activations"),
        "others": tr("Other components"),
        "learnt": tr("Learnt templates"),
        "learnt_as": tr("Name of what is learnt"),
        "low_pitch": tr("Lowest pitch"),
        "high_pitch": tr("Highest pitch"),
        "tolerance": tr("Tolerance"),
        "harmonics": tr("Harmonics"),
        "drums": tr("Drum sounds"),
        "events": tr("Onsets"),
        "decay": tr("Decay"),
        "length": tr("Template frames"),
        "sparsity": tr("Sparsity"),
        "uncorrelatedness": tr("Uncorrelatedness"),
        "percussive_separation": tr("Separation of hits"),
        "exponent": tr("Exponent"),
        "leave_out": tr("Leave the selection out"),
        "hold_locked": tr("Hold locked layers"),
        "smoothness": tr("Smoothness λ"),
        "harmonic_frames": tr("Harmonic kernel"),
        "percussive_bins": tr("Percussive kernel"),
        "separation": tr("Separation of tones"),
        "masks": tr("Masks"),
    }[field]


def sentence(field: str) -> str:
    """What a parameter is for, with its range."""
    text = {
        "preset": tr("Settings for a kind of sound, with its window; change what you like afterwards."),
        "method": tr(
            "How to take the recording apart. Components are spectra that come and go; smooth ones fade slowly; "
            "patterns are short sounds with a course of their own; known sounds are looked for with the present "
            "templates; tones and hits are told apart by their direction."
        ),
        "components": tr("How many components to look for (K). About one for each kind of sound."),
        "divergence": tr(
            "How misfit counts: Kullback–Leibler suits most music; Itakura–Saito hears quiet parts as keenly as "
            "loud ones; Euclidean follows the loudest."
        ),
        "beta": tr("The number between and beyond: 0 Itakura–Saito, 1 Kullback–Leibler, 2 Euclidean."),
        "iterations": tr("How many steps of the descent."),
        "seed": tr("The random start; the same seed gives the same result."),
        "tries": tr("As many random starts are tried, and the one with the lowest cost is kept."),
        "compare": tr("A second method runs from the same start; its curve and result stay in the list of runs."),
        "templates": tr("Where the spectra begin (W)."),
        "activations": tr("Where the times begin (H)."),
        "hold_templates": tr("The spectra that are given stay; those that begin at random are found."),
        "hold_activations": tr("The times stay as they begin: only spectra are found."),
        "others": tr("Components for everything else that sounds; they begin at random."),
        "learnt": tr("How many templates to learn from the selection; 0: all. The others begin at random."),
        "learnt_as": tr("The held templates become one layer of this name, all others one layer Rest."),
        "low_pitch": tr("MIDI number of the lowest note; 60 is middle C."),
        "high_pitch": tr("MIDI number of the highest note; one component a semitone."),
        "tolerance": tr("Semitones by which a partial may be off."),
        "harmonics": tr("Partials of a note."),
        "drums": tr("A folder that holds a folder of one-shots for each drum; empty: our own kick, snare, hi-hat."),
        "events": tr(
            "A text file with a line for each onset: seconds and label, or seconds, duration and label. "
            "Labels are numbers: of components, or MIDI pitches."
        ),
        "decay": tr("What is left of a drum's activation in the next frame."),
        "length": tr("Frames of a template (T): a hop each, so 8 frames of 512 are 93 ms at 44.1 kHz."),
        "sparsity": tr("Lets weak components die: fewer sound at once. 0 is off, 0.1 is much."),
        "uncorrelatedness": tr("Keeps templates from sharing frequencies. 0 is off, 1 is much."),
        "smoothness": tr(
            "How slowly activations may change, in time and not in frames: the hop makes no difference. 10 is usual, "
            "0 is plain Itakura–Saito."
        ),
        "harmonic_frames": tr("Frames of the median along time (odd): longer keeps only steadier tones."),
        "percussive_bins": tr("Bins of the median along frequency (odd): longer keeps only broader hits."),
        "separation": tr("Decibels by which a bin must be tone rather than hit."),
        "percussive_separation": tr("Decibels by which a bin must be hit rather than tone."),
        "exponent": tr("Of each step, where β is below 1 or above 2: MM's is slower, and the cost never rises."),
        "hold_locked": tr("Continue leaves the templates and activations of locked layers as they are."),
        "leave_out": tr("Find the templates from everything but the selected time: applause, a cough, a dropout."),
        "masks": tr(
            "Soft shares every bin; binary decides; coupled and advanced need a separation, and advanced "
            "leaves the rest in a third layer."
        ),
    }[field]
    if field in RANGES:
        low, high = RANGES[field]
        unit = {"tolerance": tr(" semitones"), "separation": tr(" dB"), "percussive_separation": tr(" dB")}.get(
            field, ""
        )
        ends = (f"{end:,.10g}".replace(",", " ") for end in (low, high))
        text += " " + tr("From {0} to {1}{2}.").format(*ends, unit)
    return text
