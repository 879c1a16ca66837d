"""Sentences for what the API raises; see `wording`."""

from __future__ import annotations

from workbench.translating import QT_TRANSLATE_NOOP

API: dict[str, str] = {
    "api.denies_nothing": QT_TRANSLATE_NOOP(
        "Errors", "There is no source “{name}” yet, so nothing can be denied of it; say first where it sounds."
    ),
    "api.factors": QT_TRANSLATE_NOOP(
        "Errors",
        "W of shape {w} and H of shape {h} can't be used; give ({bins}, K) or ({bins}, K, T) and (K, {frames}), "
        "without negative values.",
    ),
    "api.fader": QT_TRANSLATE_NOOP("Errors", "{name} can't be {value}; it takes {low:g} to {high:g}."),
    "api.layer_width": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” is a layer, and only groups have a width; group it first."
    ),
    "api.limits": QT_TRANSLATE_NOOP(
        "Errors", "{low:g} to {high:g} with a knee of {knee:g} limits nothing; give the lower limit first, and no NaN."
    ),
    "api.marker": QT_TRANSLATE_NOOP(
        "Errors",
        "{begin:g} to {end:g} s is no place of the recording; give seconds from 0 to {duration:g}, the earlier first.",
    ),
    "api.marker_name": QT_TRANSLATE_NOOP("Errors", "{name!r} is no name for a marker; give some text."),
    "api.names": QT_TRANSLATE_NOOP(
        "Errors", "There are {names} names for {components} components; give one for each, or none."
    ),
    "api.no_factors": QT_TRANSLATE_NOOP(
        "Errors", "There are no templates and activations; factorise first, by another method than HPSS."
    ),
    "api.no_format": QT_TRANSLATE_NOOP("Errors", "There is no format “{format}”; there are {formats}."),
    "api.no_path": QT_TRANSLATE_NOOP("Errors", "The project was never saved; say where it shall be."),
    "api.no_row": QT_TRANSLATE_NOOP("Errors", "There is no layer or group “{name}”; there are {names}."),
    "api.no_stack": QT_TRANSLATE_NOOP("Errors", "There is no stack “{name}”; there are {names}."),
    "api.nothing_heard": QT_TRANSLATE_NOOP(
        "Errors", "Nothing of this is heard, so there is nothing to write; ask for something else, or unmute it."
    ),
    "api.rate": QT_TRANSLATE_NOOP("Errors", "{rate} is no sample rate; give a whole number of hertz."),
    "api.recording_in_the_way": QT_TRANSLATE_NOOP(
        "Errors",
        "The recording is in no file yet and belongs to “{path}”, where another one is; save the project under "
        "another name.",
    ),
    "api.samples": QT_TRANSLATE_NOOP(
        "Errors", "{kind} is no sound; give floats between -1 and 1 of shape (samples,) or (samples, channels)."
    ),
    "api.samples_not_finite": QT_TRANSLATE_NOOP("Errors", "Some samples are not finite numbers; replace them first."),
    "api.samples_scale": QT_TRANSLATE_NOOP(
        "Errors", "The samples reach {peak:g}; scale them to between -1 and 1 first."
    ),
    "api.several_rows": QT_TRANSLATE_NOOP(
        "Errors", "Several layers or groups are called “{name}”; give them different names first."
    ),
    "api.shape": QT_TRANSLATE_NOOP("Errors", "The array is of shape {shape}; of this place it must be {wanted}."),
    "api.span": QT_TRANSLATE_NOOP(
        "Errors", "{name} from {span} is no span of the recording; give where it begins and where it ends."
    ),
    "api.values": QT_TRANSLATE_NOOP("Errors", "Masks have values from 0 to 1; scale or clip what you give."),
    "api.weight": QT_TRANSLATE_NOOP("Errors", "The weight of a mark is above 0 and at most 1, not {weight}."),
}
