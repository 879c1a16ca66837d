"""Sentences for what core rooms raise: codes with values become words, in the language of whoever shows them."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable

from workbench.api_wording import API
from workbench.errors import UserError
from workbench.exchange_wording import EXCHANGE
from workbench.separation_wording import SEPARATION
from workbench.translating import QT_TRANSLATE_NOOP

SENTENCES: dict[str, str] = {
    # -- spectral ------------------------------------------------------------------------------------
    "spectral.window": QT_TRANSLATE_NOOP(
        "Errors", "The window must be a power of two from 64 to 65536 samples, not {window}."
    ),
    "spectral.hop": QT_TRANSLATE_NOOP(
        "Errors", "The hop must divide the window by 2 to 32: for {window} samples e.g. {example}, not {hop}."
    ),
    # -- masks ---------------------------------------------------------------------------------------
    "masks.example_all": QT_TRANSLATE_NOOP(
        "Errors", "All that there is belongs to what is selected, so there is no rest; select less."
    ),
    "masks.example_silent": QT_TRANSLATE_NOOP(
        "Errors", "Nothing sounds in what is selected; select a place where the sound is."
    ),
    "masks.locked": QT_TRANSLATE_NOOP("Errors", "“{name}” is locked; unlock it to change its mask."),
    "masks.group_locked": QT_TRANSLATE_NOOP(
        "Errors", "All layers of the group are locked; unlock one to change its mask."
    ),
    "masks.only_layer": QT_TRANSLATE_NOOP(
        "Errors", "Add a second layer or factorise first: one layer alone always holds everything."
    ),
    "masks.others_locked": QT_TRANSLATE_NOOP(
        "Errors", "Every other layer is locked, so none can make room; unlock one."
    ),
    "masks.search_too_large": QT_TRANSLATE_NOOP(
        "Errors", "What is in view is too much to be searched at once; zoom in."
    ),
    "masks.recall_too_large": QT_TRANSLATE_NOOP(
        "Errors", "That is too much to give back at once; select less, or go to the step in the history."
    ),
    "masks.levels_unknown": QT_TRANSLATE_NOOP("Errors", "The levels are not known; open a recording first."),
    # -- audio ---------------------------------------------------------------------------------------
    "audio.missing": QT_TRANSLATE_NOOP("Errors", "There is no file “{path}”; check its name."),
    "audio.folder": QT_TRANSLATE_NOOP("Errors", "“{name}” is a folder; open a sound file inside it."),
    "audio.no_file": QT_TRANSLATE_NOOP("Errors", "“{name}” is no ordinary file; open a sound file."),
    "audio.forbidden": QT_TRANSLATE_NOOP(
        "Errors", "You have no permission to read “{name}”; change its permissions first."
    ),
    "audio.unreadable": QT_TRANSLATE_NOOP("Errors", "“{name}” can't be read: {reason}; open another file."),
    "audio.empty": QT_TRANSLATE_NOOP("Errors", "“{name}” is empty; open a file that has sound in it."),
    "audio.not_sound": QT_TRANSLATE_NOOP(
        "Errors",
        "“{name}” is not a sound file that can be read ({reason}); open a WAV, FLAC, AIFF, OGG, Opus or MP3 file.",
    ),
    "audio.too_large": QT_TRANSLATE_NOOP(
        "Errors", "The sound of this file is longer than there is room for on the disk; open a part of it."
    ),
    "scratch.no_room": QT_TRANSLATE_NOOP(
        "Errors",
        "There is no room for {megabytes} MB in “{folder}”, where what long recordings take is kept ({reason}); make "
        "room there, or set TMPDIR to another folder.",
    ),
    "audio.needs_ffmpeg": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” can be read where ffmpeg is installed; install it, or open a WAV, FLAC, OGG or MP3 file."
    ),
    "audio.damaged": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” is damaged from its beginning, so nothing of it can be read; open another copy of it."
    ),
    "audio.no_samples": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” contains no sound; open a file that has at least one sample."
    ),
    "audio.cut_short": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” is damaged or cut short; the first {seconds:.2f} s could be read and are open."
    ),
    "audio.damaged_inside": QT_TRANSLATE_NOOP(
        "Errors",
        "“{name}” is damaged inside; {seconds:.2f} s of it could be read and are open, not all as they were recorded.",
    ),
    "audio.other_part": QT_TRANSLATE_NOOP(
        "Errors",
        "“{name}” holds recordings of several rates or channel counts; the first {seconds:.2f} s, of one, are open.",
    ),
    "audio.more_behind": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” holds {kilobytes} kB behind the sound that its head tells of; they are not open."
    ),
    "audio.not_finite": QT_TRANSLATE_NOOP(
        "Errors", "{count} samples of “{name}” were not finite numbers and are silent now."
    ),
    "audio.wild": QT_TRANSLATE_NOOP(
        "Errors", "{count} samples of “{name}” were far above all others, as damage makes them, and are silent now."
    ),
    "audio.too_loud": QT_TRANSLATE_NOOP(
        "Errors",
        "“{name}” reaches {over:.0f} dB above full scale and is open {by:.1f} dB quieter; "
        "an export can be as loud as the file again.",
    ),
    "audio.too_quiet": QT_TRANSLATE_NOOP(
        "Errors",
        "“{name}” stays {under:.0f} dB below full scale and is open {by:.1f} dB louder; "
        "an export can be as quiet as the file again.",
    ),
    "audio.no_loudness": QT_TRANSLATE_NOOP(
        "Errors", "At {rate} Hz loudness says nothing of what is heard; bring the files to a peak instead."
    ),
    "audio.no_number": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” is not written: its sound is no finite number at {seconds:.2f} s; turn its layers down."
    ),
    "audio.too_many_channels": QT_TRANSLATE_NOOP(
        "Errors",
        "“{name}” would have {channels} channels, and {format} holds at most {most}; choose a format that holds "
        "more, or a file for each part.",
    ),
    "audio.low_channel": QT_TRANSLATE_NOOP(
        "Errors",
        "One of the {channels} channels of “{name}” would keep its lowest frequencies alone, as that of a subwoofer in "
        "{format}; choose WAV or FLAC, or a file for each part.",
    ),
    "audio.empty_span": QT_TRANSLATE_NOOP(
        "Errors", "There is nothing in the span that is to be exported; choose another one."
    ),
    "audio.bad_template": QT_TRANSLATE_NOOP(
        "Errors", "The name “{template}” has a brace without its other one; write fields as {example}."
    ),
    "audio.unknown_field": QT_TRANSLATE_NOOP("Errors", "Names have no field {field}; write some of {fields}."),
    "audio.own_source": QT_TRANSLATE_NOOP(
        "Errors",
        "“{path}” is a file that this project is made of, and would be overwritten; choose another folder or another "
        "name.",
    ),
    "audio.no_folder": QT_TRANSLATE_NOOP("Errors", "There is no folder for the files yet; name one, or choose one."),
    "audio.no_home": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” begins with the home of somebody who is not known here; name the folder from the root."
    ),
    "audio.relative_folder": QT_TRANSLATE_NOOP(
        "Errors", "“{path}” does not say where it is; write the whole path of the folder, or choose one."
    ),
    "audio.folder_is_file": QT_TRANSLATE_NOOP("Errors", "“{path}” is a file and no folder; choose another folder."),
    "audio.folder_forbidden": QT_TRANSLATE_NOOP(
        "Errors", "You may not write to “{path}”; choose another folder, or change its permissions."
    ),
    "audio.no_museval": QT_TRANSLATE_NOOP(
        "Errors", "BSSEval v4 needs museval, which is not installed; install it (pip install museval) and restart."
    ),
    "audio.no_ffmpeg": QT_TRANSLATE_NOOP(
        "Errors", "BSSEval v4 needs museval, and that needs ffmpeg, which is not installed; install ffmpeg and restart."
    ),
    "audio.stem_changed": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” is not the file that it was when it was added; add it anew if its place is another now."
    ),
    "audio.stem_channels": QT_TRANSLATE_NOOP(
        "Errors",
        "“{name}” has {channels} channels and the recording {wanted}; a stem is mono, or has those of the recording.",
    ),
    "audio.unwritable": QT_TRANSLATE_NOOP("Errors", "“{path}” can't be written: {reason}; choose another folder."),
    "audio.no_portaudio": QT_TRANSLATE_NOOP(
        "Errors", "PortAudio is not installed, so nothing can be heard; install it (Debian: libportaudio2) and restart."
    ),
    "audio.no_device": QT_TRANSLATE_NOOP(
        "Errors", "No sound device answers; everything but sound works, and the device is tried again every second."
    ),
    "audio.device_stopped": QT_TRANSLATE_NOOP(
        "Errors", "The sound device stopped answering; everything else works, and it is tried again every second."
    ),
    # -- document ------------------------------------------------------------------------------------
    "document.no_layer": QT_TRANSLATE_NOOP(
        "Errors", "That layer is not there yet, or no longer: what is tried out has to be accepted first."
    ),
    "document.painted_stays": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” is locked, or no source, and would lose what was painted; unlock it, or take it away."
    ),
    "document.source_is_locked": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” is locked, so nothing that is said of it can change; unlock it first."
    ),
    "document.marked_is_locked": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” is locked, so that no edits can say what its marks say; unlock it first."
    ),
    "document.no_source": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” holds only what was painted and is no source; choose another layer, or make a new source."
    ),
    "document.last_layer": QT_TRANSLATE_NOOP("Errors", "The last layer stays: the parts always sum to the mix."),
    "document.merge_needs_two": QT_TRANSLATE_NOOP("Errors", "Select two or more layers to merge."),
    "document.layer_locked": QT_TRANSLATE_NOOP(
        "Errors", "“{layer}” is locked, and what it holds depends on these edits; unlock it first."
    ),
    "document.group_needs_layers": QT_TRANSLATE_NOOP(
        "Errors", "Select the layers that belong together, then group them."
    ),
    "document.no_mix": QT_TRANSLATE_NOOP(
        "Errors", "Nothing is remembered in {slot} yet; remember the present mix there first."
    ),
    "document.last_stack": QT_TRANSLATE_NOOP("Errors", "The last stack stays; make another one first."),
    "document.no_file": QT_TRANSLATE_NOOP("Errors", "There is no file “{project}”; check its name."),
    "document.not_read": QT_TRANSLATE_NOOP("Errors", "“{project}” can't be read: {reason}."),
    "document.not_written": QT_TRANSLATE_NOOP("Errors", "“{project}” can't be written: {reason}."),
    "document.not_read_back": QT_TRANSLATE_NOOP(
        "Errors",
        "“{project}” was not saved, since what was written can't be read ({part}); the file is as it was. Undo the "
        "last act, save, and report this, please.",
    ),
    "document.newer": QT_TRANSLATE_NOOP(
        "Errors", "“{project}” was written by a newer version of this program; update to open it."
    ),
    "document.damaged": QT_TRANSLATE_NOOP(
        "Errors", "“{project}” is no project of this program, or it is damaged; open another copy of it."
    ),
    "document.damaged_in": QT_TRANSLATE_NOOP(
        "Errors", "“{project}” is damaged: {part}. Open an earlier version of it, or rescue what can be read."
    ),
    "document.nothing_rescued": QT_TRANSLATE_NOOP(
        "Errors", "Nothing of “{project}” can be rescued; open an earlier version of it, or another copy."
    ),
    "document.run_unfinished": QT_TRANSLATE_NOOP(
        "Errors", "A factorisation was under way when the program ended; Continue goes on from what it had come to."
    ),
    "document.journal_cut": QT_TRANSLATE_NOOP(
        "Errors", "What was written last of “{project}” can't be read back; all that was done before it is here."
    ),
    "document.rescued": QT_TRANSLATE_NOOP(
        "Errors",
        "What could be read of “{project}” is open: {steps} steps of its history are lost, and {edits} edits, marks or "
        "factorisations. Save it under another name.",
    ),
    "document.journal_damaged": QT_TRANSLATE_NOOP(
        "Errors", "What was done on “{project}” can't be read back; what was written of it is kept for a later version."
    ),
    "document.outside": QT_TRANSLATE_NOOP(
        "Errors", "“{project}” was never open here, and its recording lies outside its folder, at “{path}”."
    ),
    "document.no_recording": QT_TRANSLATE_NOOP(
        "Errors", "The recording “{recording}” of “{project}” is not where it was; put it beside the project file."
    ),
    "document.no_project": QT_TRANSLATE_NOOP(
        "Errors",
        "The project “{project}”, which has the recording “{recording}” inside, is not where it was; "
        "say where it is, or where the recording is.",
    ),
    "document.journal_taken": QT_TRANSLATE_NOOP(
        "Errors", "The unsaved work on “{project}” is open in another window, or gone; look for it again."
    ),
    "document.recording_changed": QT_TRANSLATE_NOOP(
        "Errors", "“{recording}” has changed since “{project}” was saved; put the original recording back in its place."
    ),
    "document.sounds_otherwise": QT_TRANSLATE_NOOP(
        "Errors",
        "“{recording}” is as long as when “{project}” was saved, but sounds otherwise; make sure that it is the one.",
    ),
    "storage.read_only": QT_TRANSLATE_NOOP(
        "Errors", "“{file}” may only be read; save under another name, or allow writing to it."
    ),
    "storage.no_plain_file": QT_TRANSLATE_NOOP("Errors", "“{file}” is no plain file; save under another name."),
    "outputs.not_put_back": QT_TRANSLATE_NOOP(
        "Errors", "Files of before could not be put back and are in “{folder}” now: {files}."
    ),
    "outputs.in_the_way": QT_TRANSLATE_NOOP(
        "Errors",
        "“{folder}” holds files that this command may not replace, because others wrote or changed them: {files}. "
        "Nothing was written; choose another folder, or move them.",
    ),
    # -- jobs and commands ---------------------------------------------------------------------------
    "headless.no_folder": QT_TRANSLATE_NOOP(
        "Errors", "The folder “{folder}” can't be made ({reason}); choose another one for the results."
    ),
    "headless.no_inputs": QT_TRANSLATE_NOOP(
        "Errors", "There are no sound files in “{folder}”; name another folder, or ask for the folders within it too."
    ),
    "headless.worker_gone": QT_TRANSLATE_NOOP(
        "Errors",
        "The process that separated “{name}” was ended from outside ({reason}), as the system does where memory runs "
        "short; try it again with fewer files at once.",
    ),
    "jobs.no_thread": QT_TRANSLATE_NOOP(
        "Errors", "The system has no room for more work at once; close other programs, and try again."
    ),
    "jobs.no_sounds": QT_TRANSLATE_NOOP(
        "Errors", "The folder “{folder}” holds no sound files; choose one that holds the stems."
    ),
    **EXCHANGE,
    **SEPARATION,
    **API,
}
"""English sentences by the codes of UserError, with places for its values. None names a key or a button."""

MEMORY = QT_TRANSLATE_NOOP(
    "Errors", "There is not enough memory for this; close other programs, or take a shorter piece."
)
REASONS: dict[int, str] = {
    errno.ENOSPC: QT_TRANSLATE_NOOP("Errors", "the disk is full"),
    errno.EROFS: QT_TRANSLATE_NOOP("Errors", "nothing can be written on that disk"),
    errno.EACCES: QT_TRANSLATE_NOOP("Errors", "there is no permission"),
    errno.EPERM: QT_TRANSLATE_NOOP("Errors", "there is no permission"),
    errno.EFBIG: QT_TRANSLATE_NOOP("Errors", "the disk takes no file that large"),
    errno.ENAMETOOLONG: QT_TRANSLATE_NOOP("Errors", "the name is too long"),
    errno.EIO: QT_TRANSLATE_NOOP("Errors", "the disk reports an error"),
    errno.ENOENT: QT_TRANSLATE_NOOP("Errors", "there is no such file or folder"),
}
"""Why the system refuses something, by its numbers."""


def sentence(error: BaseException, translate: Callable[[str, str], str] = lambda context, text: text) -> str:
    """What to tell the user about an error.

    Parameters
    ----------
    error : BaseException
        A UserError, or any other error, whose own text is all there is.
    translate : callable
        From a context and an English text to the user's language, as `QCoreApplication.translate`.
    """
    if isinstance(error, MemoryError):
        return translate("Errors", MEMORY)
    if isinstance(error, OSError):
        said = str(_said(error, translate))
        return said[:1].upper() + said[1:] + "."
    if not isinstance(error, UserError) or error.code not in SENTENCES:
        return str(error)
    values = {name: _said(value, translate) for name, value in error.values.items()}
    return translate("Errors", SENTENCES[error.code]).format(**values)


def one_line(name: str | os.PathLike[str]) -> str:
    """The name of a file without what would break a line."""
    return re.sub(r"[\x00-\x1f\x7f]", "\ufffd", os.fspath(name))


def _said(value: object, translate: Callable[[str, str], str]) -> object:
    """A value as it stands in a sentence: of what the system refused, why."""
    if isinstance(value, (str, os.PathLike)):
        return one_line(value)
    if not isinstance(value, OSError):
        return value
    if value.errno in REASONS:
        return translate("Errors", REASONS[value.errno])
    return os.strerror(value.errno) if value.errno else str(value)
