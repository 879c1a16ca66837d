"""Masks and factors that other programs made: they become a stack of their own, or what a factorisation begins with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QObject, Signal

from workbench.control.acting import numbered
from workbench.control.notices import Notices, worded
from workbench.control.wishes import REST, Wishes
from workbench.document.acts import known as known_acts
from workbench.document.acts.layers import add_layer, layer_index
from workbench.document.acts.stacks import new_stack
from workbench.document.document import Document
from workbench.errors import UserError
from workbench.exchange.factor_files import read_factors
from workbench.exchange.factors import ReadFactors
from workbench.exchange.mask_files import read_masks
from workbench.exchange.names import distinct
from workbench.jobs.runner import Runner
from workbench.masks.model.models import Factors, Shares
from workbench.separation.holds import Curve, Hold
from workbench.separation.settings import RANGES, Divergence, Method, RunSettings


@dataclass(frozen=True, eq=False)
class TooMuch:
    """Masks that were about to be read sum to more than one.

    Attributes
    ----------
    said : str
        What is wrong.
    scale : callable
        Read them all the same, and scale them.
    """

    said: str
    scale: Callable[[], None]


class Importing(QObject):
    """Reads files in the background; nothing changes before they are read whole."""

    too_much = Signal(object)
    """A TooMuch to decide upon; nothing is changed yet."""

    def __init__(
        self, document: Document, wishes: Wishes, runner: Runner, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._wishes = document, wishes
        self._runner, self._notices = runner, notices

    def read_masks(self, paths: Sequence[Path], normalise: bool = False) -> None:
        """A new stack of the masks in some files; where they sum to more than one, `too_much` asks.

        Parameters
        ----------
        normalise : bool
            Scale them there.
        """
        recording, analysis = self._document.recording, self._document.state.analysis
        if recording is None or not paths:
            return
        bins, frames = analysis.bins, analysis.frames(len(recording.samples))
        rest = QCoreApplication.translate("References", "Rest")

        def done(read: tuple[list[str], NDArray[np.float16]]) -> None:
            if self._document.recording is not recording or self._document.state.analysis != analysis:
                self._notices.refuse(self.tr("Another recording or window was chosen meanwhile; import again."))
                return
            names, masks = read
            title = self._title(paths, self.tr("Masks"))
            settings = RunSettings(method=Method.ORACLE)
            text = self.tr("Import masks of {0}").format(title)
            self._document.put_model(text, settings, Shares(masks), names, title, stack=title)
            self._notices.say(self.tr("Masks: {0}, in the new stack “{1}”").format(len(names), title))

        def failed(reason: Exception) -> None:
            if isinstance(reason, UserError) and reason.code == "exchange.sum_above":
                self.too_much.emit(TooMuch(worded(reason), lambda: self.read_masks(paths, True)))
            else:
                self._notices.trouble(reason)

        self._runner.run(
            self.tr("Importing masks"),
            lambda job: read_masks(paths, bins, frames, rest, normalise, job.report),
            done,
            failed,
            key="import masks",
        )

    def read_factors(self, paths: Sequence[Path]) -> None:
        """A new stack of templates and activations in files; of one of them alone, a start that holds it."""
        recording, analysis = self._document.recording, self._document.state.analysis
        if recording is None or not paths:
            return
        bins, frames = analysis.bins, analysis.frames(len(recording.samples))

        def done(read: ReadFactors) -> None:
            if self._document.recording is not recording or self._document.state.analysis != analysis:
                self._notices.refuse(self.tr("Another recording or window was chosen meanwhile; import again."))
            elif read.W is not None and read.H is not None:
                self._put(read, Factors(read.W, read.H), self._title(paths, self.tr("Factors")))
            else:
                self._begin_with(read, self._title(paths, self.tr("Factors")))

        self._runner.run(
            self.tr("Importing factors"),
            lambda job: read_factors(paths, bins, frames),
            done,
            self._notices.trouble,
            key="import factors",
        )

    def _put(self, read: ReadFactors, factors: Factors, title: str) -> None:
        text = self.tr("Import factors of {0}").format(title)
        self._document.put_model(text, _settings(read), factors, self._names(read), title, stack=title)
        said = self.tr("Components: {0}, in the new stack “{1}”; Continue goes on from them")
        self._notices.say(said.format(read.components, title))

    def _begin_with(self, read: ReadFactors, title: str) -> None:
        """A stack whose layers hold the templates, or the activations, and wait for a factorisation."""
        most = int(RANGES["components"][1]) - REST
        if read.components > most:
            text = self.tr("The file has {0} components, and at most {1} fit beside others; take fewer.")
            self._notices.trouble(text.format(read.components, most))
            return
        power = _settings(read).power
        state = new_stack(self._document.recorded_state, title)
        for k, name in enumerate(distinct(self._names(read))):
            state, layer = add_layer(state, name)
            part = state.layers[layer_index(state, layer)].parts[0].id
            if read.W is not None:
                word = Hold(part, Curve.TEMPLATE, read.W[:, k].copy(), power=power)
            else:
                assert read.H is not None
                word = Hold(part, Curve.ACTIVATION, read.H[k].copy(), power=power)
            state = known_acts.tell(state, word)
        self._document.act(self.tr("Begin with {0}").format(title), state)
        self._wishes.make_room(read.components)
        said = (
            self.tr("Templates held: {0}; Factorise finds when they sound, and {1} components in all")
            if read.W is not None
            else self.tr("Activations held: {0}; Factorise finds what sounds then, and {1} components in all")
        )
        self._notices.say(said.format(read.components, self._wishes.settings.components))

    def _names(self, read: ReadFactors) -> list[str]:
        text = self.tr("Component {0}")
        given = read.names or ("",) * read.components
        return [name or text.format(k + 1) for k, name in enumerate(given)]

    def _title(self, paths: Sequence[Path], several: str) -> str:
        taken = {stack.name for stack in self._document.recorded_state.stacks}
        return numbered(paths[0].stem if len(paths) == 1 else several, taken)


def _settings(read: ReadFactors) -> RunSettings:
    """What a run is told of that has such factors."""
    length = 1 if read.W is None or read.W.ndim == 2 else read.W.shape[2]
    method = Method.FAST if length == 1 else Method.PATTERNS
    kinds = {each.value for each in Divergence}
    divergence = Divergence(read.divergence) if read.divergence in kinds else Divergence.KL
    return RunSettings(
        method, read.components, divergence, beta=read.beta, length=length if length > 1 else RunSettings().length
    )
