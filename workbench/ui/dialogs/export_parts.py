"""What of a recording is exported: which parts, of which time."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox

from workbench.audio.planning import Wanted
from workbench.control.export_spans import ExportSpans, Range
from workbench.spectral.axes import clock
from workbench.ui.base.controls import combo, named
from workbench.ui.dialogs.export_choices import Choices
from workbench.ui.dialogs.export_section import Section


class ExportParts(Section):
    """Boxes for what is heard, the mix, the groups and the layers, and the time."""

    def __init__(self, spans: ExportSpans) -> None:
        super().__init__(QCoreApplication.translate("ExportParts", "What"))
        self._spans, self._single_layers = spans, False
        self.heard = named(
            QCheckBox(),
            "exportHeard",
            self.tr("Export what is heard"),
            self.tr("One file, sample for sample what plays now, where it plays, if the whole recording is chosen"),
        )
        self.mix = named(
            QCheckBox(self.tr("The mix, after the faders")),
            "exportMix",
            self.tr("Export the mix"),
            self.tr("One file with mute, solo, gain, pan and width applied"),
        )
        self.groups = named(
            QCheckBox(),
            "exportGroups",
            self.tr("Export the groups"),
            self.tr("One file a group, and one a layer that is in none"),
        )
        self.layers = named(QCheckBox(), "exportLayers", self.tr("Export the layers"), self.tr("One file a layer"))
        self.faders = combo(
            [
                (self.tr("before the faders: they sum to the recording"), False),
                (self.tr("after the faders: they sum to the mix"), True),
            ],
            "exportFaders",
            self.tr("Groups and layers"),
            self.tr("After the faders what is muted gives no file"),
        )
        self.together = named(
            QCheckBox(self.tr("All parts in one file of many channels")),
            "exportTogether",
            self.tr("All parts in one file"),
            self.tr("The channels of part 1, then those of part 2 …: one file of the groups, and one of the layers"),
        )
        self.span = combo(
            [("", each) for each in Range], "exportSpan", self.tr("Time"), self.tr("Of which time all files are")
        )
        self._arrange()
        self.show_spans()
        for box in (self.heard, self.mix, self.groups, self.layers, self.together):
            box.toggled.connect(self._changed)
        for choice in (self.faders, self.span):
            choice.currentIndexChanged.connect(self._changed)
        spans.changed.connect(self.show_spans)

    def _arrange(self) -> None:
        for box in (self.heard, self.mix, self.groups, self.layers):
            self.add(box)
        self.add_rows()
        self.row(self.tr("Parts"), self.faders)
        self.below(self.together)
        self.row(self.tr("Time"), self.span)

    def put(self, choices: Choices) -> None:
        """Show choices; what this version does not know is as it is by default."""
        self._single_layers = choices.layers
        self.heard.setChecked(choices.heard)
        self.mix.setChecked(choices.mix)
        self.groups.setChecked(choices.groups)
        self.layers.setChecked(choices.layers)
        self.faders.setCurrentIndex(max(0, self.faders.findData(choices.after)))
        self.together.setChecked(choices.together)
        self.span.setCurrentIndex(max(0, self.span.findData(choices.span)))
        self.show_spans()

    def show_parts(self, layers: int, groups: int, heard: str) -> None:
        """Show how many files there would be, and what is heard; without groups the layers are the parts."""
        grouped, before = groups != layers, not self.groups.isHidden()
        self.heard.setText(self.tr("What I hear now: {0}").format(heard))
        self.groups.setText(self.tr("Every group ({0} files)").format(groups))
        self.layers.setText(self.tr("Every layer ({0} files)").format(layers))
        if before and not grouped:
            self.layers.setChecked(self.groups.isChecked())
        elif grouped and not before:
            self.groups.setChecked(self.layers.isChecked())
            self.layers.setChecked(self._single_layers)
        self.groups.setVisible(grouped)
        self._changed()

    def show_spans(self) -> None:
        """Show from when to when each span is; one that is not there can't be chosen."""
        texts = {
            Range.WHOLE: self.tr("the whole recording"),
            Range.SELECTION: self.tr("the selected time"),
            Range.VIEW: self.tr("what is in view"),
        }
        model = self.span.model()
        for i, part in enumerate(Range):
            seconds = self._spans.seconds(part)
            when = "" if seconds is None else f", {clock(seconds[0])} – {clock(seconds[1])}"
            self.span.setItemText(i, texts[part] + (when if part is not Range.WHOLE else ""))
            if isinstance(model, QStandardItemModel):
                model.item(i).setEnabled(seconds is not None)
        if self._spans.seconds(self.range) is None:
            self.span.setCurrentIndex(0)

    @property
    def range(self) -> Range:
        """The span that is chosen."""
        # Qt gives members of a StrEnum back as plain strings.
        return Range(self.span.currentData())

    @property
    def wanted(self) -> Wanted:
        """What is to be exported."""
        grouped = not self.groups.isHidden()
        return Wanted(
            self.heard.isChecked(),
            self.mix.isChecked(),
            self.groups.isChecked() and grouped,
            self.layers.isChecked(),
            bool(self.faders.currentData()),
        )

    def choices(self) -> dict[str, Any]:
        """What it shows, by the names of Choices."""
        grouped = not self.groups.isHidden()
        return {
            "heard": self.heard.isChecked(),
            "mix": self.mix.isChecked(),
            "groups": (self.groups if grouped else self.layers).isChecked(),
            "layers": self.layers.isChecked() if grouped else self._single_layers,
            "after": bool(self.faders.currentData()),
            "together": self.together.isChecked(),
            "span": self.range.value,
        }

    def _changed(self) -> None:
        parts = self.layers.isChecked() or (self.groups.isChecked() and not self.groups.isHidden())
        self.together.setEnabled(parts)
        self.faders.setEnabled(parts)
        self.changed.emit()
