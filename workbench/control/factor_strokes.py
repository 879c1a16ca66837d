"""The stroke under way in a template or an activation: heard and seen at once, one act at its end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from workbench.control.notices import Notices
from workbench.control.tools import Tool, ToolSettings
from workbench.document.document import Document
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors

Float = NDArray[np.float32]


def drawn_activation(row: Float, first: int, last: int, values: Float) -> Float:
    """A row of H with other values from frame `first` to frame `last`."""
    out = row.copy()
    out[first : last + 1] = values
    return out


def drawn_template(template: Float, first: int, last: int, values: Float) -> Float:
    """A template, (F,) or (F, T), whose spectrum has other values from bin `first` to bin `last`.

    The course in time of every bin stays; of one that was silent it becomes even.
    """
    out = template.copy()
    if out.ndim == 1:
        out[first : last + 1] = values
        return out
    part = out[first : last + 1]
    total = part.sum(axis=1)
    sounding = total > 0
    part[sounding] *= (values[sounding] / total[sounding])[:, None]
    part[~sounding] = (values[~sounding] / out.shape[1])[:, None]
    return out


class FactorStrokes(QObject):
    """Strokes in rows of H (`along_time`) or in columns of W."""

    def __init__(
        self, document: Document, tools: ToolSettings, notices: Notices, along_time: bool, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._tools, self._notices, self._along_time = document, tools, notices, along_time
        self._component: int | None = None
        self._peak = 0.0
        self._factors: Factors | None = None
        self._last: tuple[int, float] | None = None
        self._began_in: tuple[int, int | None] = (0, None)
        """Stack and run that the stroke is in."""
        document.opened.connect(self._forget)
        document.analysis_changed.connect(self._forget)

    def _forget(self) -> None:
        """What the stroke is in is no longer there."""
        self._factors, self._component, self._last = None, None, None

    @property
    def component(self) -> int | None:
        """The component whose curve is being drawn in, None where none is."""
        return self._component

    @property
    def peak(self) -> float:
        """What fills the height of the curve that is drawn in: its largest value when the stroke began."""
        return self._peak

    @property
    def busy(self) -> bool:
        """Whether a stroke is under way."""
        return self._component is not None

    @property
    def armed(self) -> bool:
        """Whether the tool in hand draws."""
        return self._tools.tool in (Tool.BRUSH, Tool.ERASER)

    def begin(self, component: int) -> bool:
        """Start a stroke; answers whether there is something to draw on."""
        self.end()
        document, run = self._document, self._document.run
        if run is None or not isinstance(run.factors, Factors):
            return False
        layer = document.owners.get(component)
        if layer is not None and layer.locked:
            self._notices.refuse(self.tr("“{0}” is locked; unlock it to draw in its curves.").format(layer.name))
            return False
        self._factors, self._component, self._last = run.factors, component, None
        self._began_in = self._place
        row = self._factors.H[component] if self._along_time else self._factors.spectra[:, component]
        whole = self._factors.H if self._along_time else self._factors.spectra
        self._peak = float(row.max()) or float(whole.max()) or 1.0
        return True

    def draw(self, first: int, last: int, value: float) -> None:
        """Go on to the entries `first` … `last` (those under one pixel) with a value; a line leads there."""
        if not self._still_fits() or self._factors is None or self._component is None:
            return
        if self._tools.tool is Tool.ERASER:
            value = 0.0
        factors, k = self._factors, self._component
        count = factors.H.shape[1] if self._along_time else len(factors.W)
        first, last = max(0, min(first, count - 1)), max(0, min(last, count - 1))
        entry, before = (first, last), self._last
        ends = [(first, value), (last, value)] if before is None else [before, (first, value), (last, value)]
        low, high = min(i for i, _ in ends), max(i for i, _ in ends)
        places = np.arange(low, high + 1)
        ordered = sorted(ends)
        values = np.interp(places, [i for i, _ in ordered], [v for _, v in ordered]).astype(np.float32)
        self._last = (entry[1] if before is None or entry[1] >= before[0] else entry[0], value)
        if self._along_time:
            h = factors.H.copy()
            h[k] = drawn_activation(h[k], low, high, values)
            self._factors = Factors(factors.W, h)
            region = Region(0, len(factors.W), low, min(high + factors.length, factors.H.shape[1]))
        else:
            w = factors.W.copy()
            w[:, k] = drawn_template(w[:, k], low, high, values)
            self._factors = Factors(w, factors.H)
            region = Region(low, high + 1, 0, factors.H.shape[1])
        self._document.preview_factors(self._factors, region)

    @property
    def _place(self) -> tuple[int, int | None]:
        state = self._document.recorded_state
        return state.shown, state.run

    def _still_fits(self) -> bool:
        """Whether stack and run are those of the stroke; in others it ends without a trace."""
        if self._place != self._began_in:
            self.cancel()
        return self.busy

    def end(self) -> None:
        """The stroke becomes one act."""
        if self._still_fits() and self._factors is not None and self._last is not None and self._component is not None:
            owner = self._document.owners.get(self._component)
            name = "" if owner is None else owner.name
            text = self.tr("Draw the activation of {0}") if self._along_time else self.tr("Draw the template of {0}")
            self._document.act_factors(text.format(name), self._factors)
        self._factors, self._component, self._last = None, None, None

    def cancel(self) -> None:
        """As it was before the stroke."""
        if self._factors is not None:
            self._factors, self._component, self._last = None, None, None
            self._document.end_preview()
