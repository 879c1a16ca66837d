"""Holding curves: templates and activations that the next factorisations keep, or are drawn towards."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.control.notices import Notices
from workbench.control.selection import Selection
from workbench.document.acts import known as known_acts
from workbench.document.document import Document
from workbench.masks.model.layers import Layer
from workbench.masks.model.models import Factors
from workbench.separation.holds import Curve, Hold

WEIGHTS = (1.0, 0.75, 0.5, 0.25)
"""The weights that are offered."""


class Holding(QObject):
    """What is held of the components, and the acts on it."""

    def __init__(
        self, document: Document, selection: Selection, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._notices = document, selection, notices

    def held(self, component: int, curve: Curve) -> Hold | None:
        """What is held of a curve of a component, if anything is."""
        found = known_acts.known_components(self._document.state)
        return next((x for k, x in found if isinstance(x, Hold) and k == component and x.curve is curve), None)

    def hold(self, component: int, curve: Curve, weight: float) -> None:
        """Hold a curve as it is; what is held already gets another weight and stays what it was."""
        layer = self._owner(component)
        if layer is None:
            return
        text = self.tr("Hold the template of {0}") if curve is Curve.TEMPLATE else self.tr("Hold the activation of {0}")
        self._hold(text.format(self._named(component, layer)), [(component, layer)], curve, weight)

    def release(self, component: int, curve: Curve) -> None:
        """Let go of a curve."""
        layer = self._owner(component)
        if layer is None:
            return
        text = (
            self.tr("Let go of the template of {0}")
            if curve is Curve.TEMPLATE
            else self.tr("Let go of the activation of {0}")
        )
        self._release(text.format(self._named(component, layer)), [(component, layer)], curve)

    def toggle(self, curve: Curve) -> None:
        """Hold that curve of all components of the present layer; where all are held, let go of them.

        Of a source these are the components of which it has the most.
        """
        layer = next((each for each in self._document.layers if each.id == self._selection.layer), None)
        if layer is None or not self._possible():
            return
        curves = [(k, owner) for k, owner in self._document.owners.items() if owner.id == layer.id]
        if not curves:
            self._notices.refuse(self.tr("“{0}” has no component, so there is no curve to hold.").format(layer.name))
            return
        if all(self.held(k, curve) for k, _ in curves):
            text = self.tr("Let go of {0}")
            self._release(text.format(layer.name), curves, curve)
        else:
            text = (
                self.tr("Hold the template of {0}")
                if curve is Curve.TEMPLATE
                else self.tr("Hold the activation of {0}")
            )
            self._hold(text.format(layer.name), curves, curve, 1.0)

    def _hold(self, name: str, curves: list[tuple[int, Layer]], curve: Curve, weight: float) -> None:
        run = self._document.run
        assert run is not None and isinstance(run.factors, Factors)
        state = self._document.recorded_state
        for component, layer in curves:
            known = self.held(component, curve)
            values = known_acts.curve_of(run.factors, component, curve) if known is None else known.values
            power = run.settings.power if known is None else known.power
            state = known_acts.tell(state, Hold(self._part(layer, component), curve, values, weight, power))
        self._document.act(name, state)

    def _release(self, name: str, curves: list[tuple[int, Layer]], curve: Curve) -> None:
        state = self._document.recorded_state
        for component, layer in curves:
            state = known_acts.forget(state, self._part(layer, component), curve)
        if state is not self._document.recorded_state:
            self._document.act(name, state)

    def _owner(self, component: int) -> Layer | None:
        return self._document.owners.get(component) if self._possible() else None

    def _possible(self) -> bool:
        """Whether curves can be held; says why not."""
        run, state = self._document.run, self._document.recorded_state
        if run is None or not isinstance(run.factors, Factors):
            self._notices.refuse(self.tr("There are no templates and activations yet; press Factorise first."))
        elif self._document.state.run != state.run:
            self._notices.refuse(self.tr("Finish the stroke first."))
        else:
            return True
        return False

    @property
    def _shared(self) -> bool:
        """Whether sources share the components."""
        return self._document.recorded_state.marks is not None

    def _named(self, component: int, layer: Layer) -> str:
        return self.tr("component {0}").format(component + 1) if self._shared else layer.name

    def _part(self, layer: Layer, component: int) -> int:
        """What a hold is told of."""
        return component if self._shared else next(part.id for part in layer.parts if part.component == component)
