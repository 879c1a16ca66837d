"""A control for each parameter of a factorisation: it shows what is wished for and sets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QWidget

from workbench.control.wishes import Wishes
from workbench.separation.settings import RANGES
from workbench.ui.base.controls import Whole, combo, named
from workbench.ui.factors.words import choices, label, sentence, tr


def control(wishes: Wishes, field: str, name: str) -> QWidget:
    """A control that shows a field and sets it; it follows every change of the settings."""
    value = getattr(wishes.settings, field, None)
    widget: QWidget
    show: Callable[[Any], None]
    if field in ("method", "divergence", "exponent", "templates", "activations", "masks", "compare"):
        widget, show = _list(wishes, field, name)
    elif isinstance(value, bool):
        box = named(QCheckBox(label(field)), name, label(field), sentence(field))
        box.toggled.connect(lambda on: wishes.set(**{field: on}))
        widget, show = box, box.setChecked
    elif isinstance(value, float):
        real = named(QDoubleSpinBox(), name, label(field), sentence(field))
        real.setRange(*RANGES[field])
        real.setDecimals(3 if field in ("sparsity",) else 2)
        real.setSingleStep(
            {"sparsity": 0.01, "smoothness": 1.0, "separation": 0.5, "percussive_separation": 0.5}.get(field, 0.1)
        )
        real.setSuffix(
            {"tolerance": tr(" st"), "separation": tr(" dB"), "percussive_separation": tr(" dB")}.get(field, "")
        )
        real.valueChanged.connect(lambda number: wishes.set(**{field: number}))
        widget, show = real, real.setValue
    elif isinstance(value, str):
        line = named(QLineEdit(), name, label(field), sentence(field))
        line.editingFinished.connect(lambda: wishes.set(**{field: line.text().strip()}))
        widget, show = line, line.setText
    else:
        whole = named(Whole(), name, label(field), sentence(field))
        low, high = RANGES[field]
        whole.setRange(int(low), int(high))
        if field in ("harmonic_frames", "percussive_bins"):
            whole.setSingleStep(2)
        whole.setSuffix({"length": tr(" frames")}.get(field, ""))
        whole.valueChanged.connect(lambda number: wishes.set(**{field: number}))
        widget, show = whole, whole.setValue

    def refresh() -> None:
        now, used = getattr(wishes.settings, field), field == "method" or wishes.uses(field)
        with QSignalBlocker(widget):
            if now is not None or isinstance(widget, QComboBox):
                show(now)
            # What counts for nothing shows no value.
            if isinstance(widget, Whole):
                widget.set_unused(not used)
            elif isinstance(widget, QComboBox) and not used:
                widget.setCurrentIndex(widget.findData(wishes.own_divergence) if field == "divergence" else -1)

    wishes.changed.connect(refresh)
    refresh()
    return widget


def _disable(box: QComboBox, unwanted: str) -> None:
    model = box.model()
    assert isinstance(model, QStandardItemModel)
    for i in range(box.count()):
        model.item(i).setEnabled(box.itemData(i) != unwanted)


def _list(wishes: Wishes, field: str, name: str) -> tuple[QComboBox, Callable[[Any], None]]:
    box = combo(choices(field), name, label(field), sentence(field))
    box.setMinimumContentsLength(4)
    box.setSizeAdjustPolicy(box.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setPlaceholderText("–")
    box.currentIndexChanged.connect(lambda _: wishes.set(**{field: box.currentData()}))
    if field == "compare":
        # Not the method itself.
        wishes.changed.connect(lambda: _disable(box, wishes.settings.method))
        _disable(box, wishes.settings.method)
    # What is nothing is listed as ''.
    return box, lambda value: box.setCurrentIndex(box.findData(value or ""))
