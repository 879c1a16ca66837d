"""Sentences for what keeps a separation from being done; `workbench.wording` has them with all others."""

from __future__ import annotations

from workbench.translating import QT_TRANSLATE_NOOP

SEPARATION: dict[str, str] = {
    "separation.all_held": QT_TRANSLATE_NOOP(
        "Errors", "All templates and activations are held, so nothing can change; let go of one, or unlock a layer."
    ),
    "separation.all_left_out": QT_TRANSLATE_NOOP(
        "Errors", "With everything left out nothing can be found; select less."
    ),
    "separation.cannot_hold": QT_TRANSLATE_NOOP(
        "Errors",
        "This method can't keep what is held or known of components; choose NMF or Patterns, or take it away first.",
    ),
    "separation.cannot_pull": QT_TRANSLATE_NOOP(
        "Errors", "This method holds curves exactly or not at all; set their weight to 100 %, or choose NMF."
    ),
    "separation.no_memory": QT_TRANSLATE_NOOP(
        "Errors",
        "This would take about {needed:.1f} GB of memory, and {free:.1f} GB are free; choose another method, or open a "
        "part of the recording.",
    ),
    "separation.engine": QT_TRANSLATE_NOOP("Errors", "{reason}"),
    "separation.more_known": QT_TRANSLATE_NOOP(
        "Errors",
        "Something is known of {known} components, and only {components} are asked for; ask for {known} or more.",
    ),
    "separation.no_drum_folder": QT_TRANSLATE_NOOP(
        "Errors", "There is no folder “{folder}”; choose the one that holds a folder for each drum."
    ),
    "separation.no_drums": QT_TRANSLATE_NOOP(
        "Errors", "“{folder}” holds no folders with sound files; it needs one folder for each drum."
    ),
    "separation.no_onsets": QT_TRANSLATE_NOOP("Errors", "Choose the text file with the onsets first."),
    "separation.no_preset": QT_TRANSLATE_NOOP("Errors", "There is no preset “{name}”; there are {names}."),
    "separation.no_setting": QT_TRANSLATE_NOOP("Errors", "There is no setting “{name}”; there are {names}."),
    "separation.no_templates": QT_TRANSLATE_NOOP(
        "Errors", "There are no templates yet; factorise once, or choose another start."
    ),
    "separation.nothing_to_continue": QT_TRANSLATE_NOOP(
        "Errors", "There are no templates to go on from; factorise once first."
    ),
    "separation.no_notes": QT_TRANSLATE_NOOP("Errors", "“{name}” has no notes; choose another file."),
    "separation.notes_damaged": QT_TRANSLATE_NOOP(
        "Errors",
        "“{name}” is no MIDI file, or a damaged one; choose another, or a text file with a line for each note.",
    ),
    "separation.notes_unreadable": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” can't be read; choose a MIDI file, or a text file with a line for each note."
    ),
    "separation.notes_are_words": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” is a list of words and not of pitches or numbers of drums; import it as labels."
    ),
    "separation.onsets_empty": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” holds no onsets; each line needs seconds and a label."
    ),
    "separation.onsets_unreadable": QT_TRANSLATE_NOOP("Errors", "“{path}” can't be read; choose a text file."),
    "separation.onsets_wrong": QT_TRANSLATE_NOOP("Errors", "“{name}”: {reason}"),
    "separation.other_components": QT_TRANSLATE_NOOP(
        "Errors", "The present activations are not of as many components; choose another start."
    ),
    "separation.pitches_reversed": QT_TRANSLATE_NOOP("Errors", "The lowest pitch is above the highest; exchange them."),
    "separation.select_learnt": QT_TRANSLATE_NOOP("Errors", "Select the time to learn from first."),
    "separation.select_left_out": QT_TRANSLATE_NOOP("Errors", "Select the time to leave out first."),
    "separation.selection_outside": QT_TRANSLATE_NOOP(
        "Errors", "Nothing of the recording is selected; select a time that it has."
    ),
    "separation.setting_form": QT_TRANSLATE_NOOP("Errors", "“{text}” is no setting; write NAME=VALUE."),
    "separation.setting_value": QT_TRANSLATE_NOOP("Errors", "{name} can't be “{text}”; it takes {form}."),
    "separation.too_many_labels": QT_TRANSLATE_NOOP(
        "Errors", "The list of onsets has {labels} labels, but there are {components} components."
    ),
}
"""English sentences by their codes, as in `wording.SENTENCES`."""
