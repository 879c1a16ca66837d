"""Morphing the present templates towards others: heard while the slider moves, one act when it is let go."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.control.notices import Notices
from workbench.document.document import Document
from workbench.masks.insight.morphing import MorphTarget, morph_components, morph_runs
from workbench.masks.model.models import Factors


class Morphing(QObject):
    """Between what is and a target."""

    def __init__(self, document: Document, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._notices = document, notices

    def preview(self, target: MorphTarget, amount: float) -> None:
        """Show and sound what lies between the present templates and a target."""
        factors = self._morphed(target, amount)
        if factors is not None:
            self._document.preview_factors(factors)

    def accept(self, target: MorphTarget, amount: float) -> None:
        """Make the morph an act."""
        factors = self._morphed(target, amount)
        if factors is not None and amount > 0:
            self._document.act_factors(self.tr("Morph {0:.0f} %").format(100 * amount), factors)
        else:
            self._document.end_preview()

    def _morphed(self, target: MorphTarget, amount: float) -> Factors | None:
        document = self._document
        recorded = document.recorded_state.run
        run = document.runs.get(recorded) if recorded is not None else None
        if run is None or not isinstance(run.factors, Factors):
            return None
        locked = document.locked_components
        if target.component is not None:
            if target.source in locked:
                self._notices.trouble(self.tr("The layer is locked; unlock it to morph its template."))
                return None
            return morph_components(run.factors, target.source, target.component, amount)
        other = document.runs.get(target.run)
        if other is None or not isinstance(other.factors, Factors):
            return None
        return morph_runs(run.factors, other.factors, amount, locked)
