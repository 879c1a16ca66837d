"""`Project`: a recording that is taken apart by a script."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from workbench.api import editing, factorising, mixing
from workbench.api.arrays import factors_of, recording_of
from workbench.api.asking import Span, area_of, place_of, preset_window, region_of, window_of
from workbench.api.errors import computing, worded
from workbench.api.exporting import Wanted, export
from workbench.api.reading import Readable
from workbench.api.rows import Row, found
from workbench.api.saving import save
from workbench.api.work import Work, opened
from workbench.audio.export import folder_for
from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import stacks as stack_acts
from workbench.document.state import fresh_state
from workbench.errors import UserError
from workbench.masks.edits.area import Area
from workbench.masks.model.layers import Group
from workbench.progress import Progress, silent

PathLike = str | os.PathLike[str]


class Project(Readable):
    """A recording with its factorisations, layers, marks and edits; what the window shows of it is the same.

    Made by `open` or `from_samples`. Layers and groups are named by their names. Every method that changes something
    is one step of the history, as in the window. For one thread at a time.

    Raises
    ------
    WorkbenchError
        By every method, where the caller can mend something: its text is a sentence that says what. It is a ValueError.
    """

    def __init__(self, work: Work, window_given: bool = False) -> None:
        super().__init__(work)
        self._window_given = window_given

    @classmethod
    @worded()
    def open(
        cls, path: PathLike, *, window: int | None = None, hop: int | None = None, recording: PathLike | None = None
    ) -> Project:
        """Open a sound file, or a project with all that was done to it.

        Parameters
        ----------
        window, hop : int, optional
            Samples a frame (a power of two), and between frames; 2048 and a quarter of the window. What is in a project
            is carried over to another window; by default it has its own.
        recording : path, optional
            Where the recording of a project is, if not where it says.
        """
        analysis, given = window_of(window, hop), window is not None or hop is not None
        at = None if recording is None else Path(recording).absolute()
        work = opened(Path(path).absolute(), at, analysis)
        if given:
            factorising.set_window(work, analysis)
        return cls(work, given)

    @classmethod
    @worded()
    def from_samples(
        cls, samples: ArrayLike, rate: int, *, window: int | None = None, hop: int | None = None, name: str = "samples"
    ) -> Project:
        """Begin with samples that are in no file.

        Parameters
        ----------
        samples : array_like, shape (n,) or (n, C)
            Floats near ±1. float32 is used as it is, without a copy: leave it unchanged from then on.
        rate : int
            Hz.
        name : str
            What the files of an export are named after.
        """
        state = fresh_state(window_of(window, hop))
        return cls(Work(recording_of(samples, rate, name), state), window is not None or hop is not None)

    # -- taking apart --------------------------------------------------------------------------------

    @computing()
    def factorise(
        self,
        method: str | None = None,
        *,
        preset: str | None = None,
        components: int | None = None,
        seed: int | None = None,
        progress: Progress = silent,
        threads: int | None = None,
        **settings: Any,
    ) -> Project:
        """Factorise: a layer for every component. A stack that was worked on stays; the new layers get another one.

        Parameters
        ----------
        method, components, seed, **settings
            Any setting of ``workbench separate --set``, by its name; `selection` is (from, to) in seconds. What is not
            given is the preset's.
        preset : str, optional
            As in the window. It brings its window too, unless `open` was given one.
        progress : callable
            Called with the share done; raise `workbench.Cancelled` in it to stop: what there is by then stays.
        threads : int, optional
            Without effect on the result.

        Returns
        -------
        Project
            Itself.
        """
        given = {"method": method, "components": components, "seed": seed, **settings}
        usual = None if preset is None or self._window_given else preset_window(preset, self.rate)
        factorising.factorise_anew(self._work, preset, given, usual, progress, threads)
        return self

    @worded()
    def set_factors(self, W: ArrayLike, H: ArrayLike, *, names: Sequence[str] = (), divergence: str = "kl") -> Project:
        """Layers of templates (F, K) or (F, K, T) and activations (K, N) of your own; float32 is used without a copy.

        Parameters
        ----------
        names : sequence of str
            Of the layers, one a component; components of one name share a layer.
        divergence : str
            That the factors were fitted with: of ``is`` they model the power, else the magnitude.
        """
        plane = self._work.stack.bins, self._work.stack.frames
        factorising.put_factors(self._work, factors_of(W, H, *plane), names, divergence)
        return self

    @worded()
    def set_window(self, window: int, hop: int | None = None) -> Project:
        """Another window and hop; factors, marks and edits are carried over."""
        factorising.set_window(self._work, window_of(window, hop))
        self._window_given = True
        return self

    @computing()
    def mark(
        self,
        source: str,
        seconds: Span | None = None,
        hz: Span | None = None,
        *,
        weight: float = 1.0,
        denies: bool = False,
        progress: Progress = silent,
    ) -> Row:
        """Say that a source sounds at a place, or (`denies`) does not; what sounds alike moves with it, everywhere.

        Parameters
        ----------
        source : str
            Name of the source, which is made where it is not there yet.
        seconds, hz : (float or None, float or None), optional
            The place, from and to; all for None.
        weight : float
            How sure it is, up to 1.
        progress : callable
            Of finding components, where there are none yet.

        Returns
        -------
        Row
            The layer of the source.
        """
        stack = self._work.stack
        place = place_of(seconds, hz, self._work.state.analysis, stack.frames, self.rate)
        editing.mark(self._work, source, place, weight, denies, progress)
        return self.layer(source)

    @worded()
    def add_marker(self, name: str, begin: float, end: float | None = None) -> Project:
        """A name for a moment of the recording, or for the region from `begin` to `end`, in seconds."""
        self._work.act(f"Add {name}", editing.with_marker(self._work, name, begin, end))
        return self

    # -- layers and masks ----------------------------------------------------------------------------

    @worded()
    def add_layer(self, name: str) -> Row:
        """An empty layer at the end, to be painted into."""
        self._work.act(f"Add {name}", layer_acts.add_layer(self._work.state, name)[0])
        return self.layers[-1]

    @worded()
    def remove_layer(self, name: str) -> None:
        """Take a layer away; what it held goes to the others, in proportion."""
        editing.remove_layer(self._work, name)

    @worded()
    def rename(self, name: str, new: str) -> Row:
        """Another name for a layer or group."""
        row, state = found(self._work, name), self._work.state
        change = group_acts.change_group if isinstance(row, Group) else layer_acts.change_layer
        self._work.act(f"Rename {name}", change(state, row.id, name=new))
        return self.layer(new)

    @worded()
    def merge(self, names: Sequence[str], name: str | None = None) -> Row:
        """Join layers into the first of them, which may get another name; its mask is the sum of theirs."""
        chosen = [found(self._work, each).id for each in names]
        state = layer_acts.merge_layers(self._work.state, chosen)
        first = next(each for each in state.layers if each.id in chosen)
        state = state if name is None else layer_acts.change_layer(state, first.id, name=name)
        self._work.act("Merge", state)
        return self.layer(first.name if name is None else name)

    @worded()
    def group(self, names: Sequence[str], name: str) -> Row:
        """Put layers into a new group, with one fader for all."""
        chosen = [found(self._work, each).id for each in names]
        self._work.act(f"Group {name}", group_acts.group_layers(self._work.state, chosen, name)[0])
        return self.layer(name)

    @worded()
    def ungroup(self, name: str) -> None:
        """Take a group away; its layers stay."""
        self._work.act(f"Ungroup {name}", group_acts.dissolve_group(self._work.state, found(self._work, name).id))

    @worded()
    def paint(
        self,
        name: str,
        value: float = 1.0,
        *,
        seconds: Span | None = None,
        hz: Span | None = None,
        where: ArrayLike | None = None,
    ) -> None:
        """Bring the mask of a layer or group to a value: 1 gives it all, 0 takes all away; the others make room.

        Parameters
        ----------
        seconds, hz : (float or None, float or None), optional
            The place, from and to; all for None.
        where : array_like, shape (bins, frames) of the place, optional
            How far it goes in every bin, 0 … 1, or bool.
        """
        editing.paint(self._work, name, value, self._area(where, seconds, hz))

    @worded()
    def set_mask(self, name: str, mask: ArrayLike, *, seconds: Span | None = None, hz: Span | None = None) -> None:
        """Give a layer or group the mask that an array holds, 0 … 1, as far as locked layers leave room.

        Parameters
        ----------
        mask : array_like, shape (bins, frames) of the place
            float32 is used as it is, without a copy: leave it unchanged from then on.
        seconds, hz : (float or None, float or None), optional
            The place, from and to; all for None.
        """
        region = region_of(seconds, hz, self._work.state.analysis, self._work.stack.frames, self.rate)
        editing.set_mask(self._work, name, mask, region, self._area(None, seconds, hz))

    @worded()
    def threshold(
        self,
        name: str,
        low: float = float("-inf"),
        high: float = float("inf"),
        *,
        measure: str = "mask",
        knee: float = 0.0,
        seconds: Span | None = None,
        hz: Span | None = None,
    ) -> None:
        """Keep the mask of a layer or group only where a measure of it lies between two limits.

        Parameters
        ----------
        measure : str
            ``mask`` (0 … 1), ``level`` of the layer itself in dB (a full-scale sine is 0), or ``ratio`` to all others
            in dB.
        knee : float
            It fades out over this much outside a limit; 0 cuts.
        """
        editing.threshold(self._work, name, measure, (low, high), knee, self._area(None, seconds, hz))

    def _area(self, where: ArrayLike | None, seconds: Span | None, hz: Span | None) -> Area | None:
        work = self._work
        return area_of(where, seconds, hz, work.state.analysis, work.stack.frames, self.rate)

    # -- mix, history, files -------------------------------------------------------------------------

    @worded()
    def adjust(
        self,
        name: str,
        *,
        gain_db: float | None = None,
        pan: float | None = None,
        width: float | None = None,
        mute: bool | None = None,
        solo: bool | None = None,
        locked: bool | None = None,
    ) -> None:
        """Set faders and switches of a layer or group; what is not named stays.

        Parameters
        ----------
        gain_db : float
            −60 … 12, or −inf.
        pan : float
            −1 (left) … 1 (right).
        width : float
            Of groups: 0 (all in the middle) … 1 (as it is) … 2 (twice as wide).
        locked : bool
            Guards masks against edits.
        """
        asked = {"gain_db": gain_db, "pan": pan, "width": width, "mute": mute, "solo": solo, "locked": locked}
        mixing.adjust(self._work, name, asked)

    @worded()
    def show_stack(self, name: str) -> None:
        """Make another stack the present one: that whose layers are read, edited and rendered."""
        state = self._work.state
        named = [each.id for each in state.stacks if each.name == name]
        if not named:
            raise UserError("api.no_stack", name=name, names=", ".join(self.stacks))
        self._work.act(f"Show {name}", stack_acts.show_stack(state, named[-1]))

    def undo(self) -> None:
        """Take the last step back; nothing where there is none."""
        self._work.history.undo()

    def redo(self) -> None:
        """Do the step again that was taken back; nothing where there is none."""
        self._work.history.redo()

    @computing()
    def export(
        self,
        folder: PathLike,
        *,
        mix: bool = True,
        groups: bool = False,
        layers: bool = False,
        after: bool = False,
        format: str = "wav-float",
        progress: Progress = silent,
    ) -> list[Path]:
        """Write sound files as the window exports them; all of them or none, and never in place of what others wrote.

        Parameters
        ----------
        folder : path
            Made where it is not there. Files of an earlier export give way where they are as it wrote them.
        mix, groups, layers : bool
            What to write: groups and layers before the faders, so that they sum to the recording.
        after : bool
            Groups and layers behind the faders, so that they sum to the mix.
        format : str
            As ``workbench render --format`` has it.

        Returns
        -------
        list of Path
        """
        out = folder_for(str(Path(folder).absolute()))
        wanted = Wanted(mix, groups, layers, after, format)
        return [out / name for name in export(self._work.scene, out, wanted, self._work.used, progress).names]

    @worded()
    def save(self, path: PathLike | None = None) -> Path:
        """Write a project that the window opens, with its history; by default where it was opened from.

        A recording that is in no file is written beside it, as 32-bit float WAV of the same name: a project holds its
        recording by its path.

        Parameters
        ----------
        path : path, optional
            ``.workbench`` is added where it is missing.
        """
        return save(self._work, None if path is None else Path(path))
