"""The options of the present tool, in the top bar."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QSizePolicy, QSpinBox, QStackedWidget, QWidget

from workbench.control.areas import AreaActs, Reshape
from workbench.control.marking import Marking
from workbench.control.selection import Selection
from workbench.control.tools import FILTERS, HARMONICS, PAINTING, REACHES, SIZES, WIDTHS, Tool, ToolSettings
from workbench.document.document import Document
from workbench.masks.edits.brush import Shape
from workbench.masks.insight.finding import Likeness
from workbench.ui.base.controls import Slider, combo, dim, named, plain, rich
from workbench.ui.base.names import chip, literal, short
from workbench.ui.tools.source_chips import SourceChips
from workbench.ui.tools.texts import described, described_shapes

NUMBER_WIDTH = 66
"""Pixels of a number that is small."""


class ToolOptions(QStackedWidget):
    """A page for selecting, one for painting, and a line for the threshold."""

    def __init__(
        self, document: Document, selection: Selection, tools: ToolSettings, areas: AreaActs, marking: Marking
    ) -> None:
        super().__init__()
        self.setObjectName("toolOptions")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # The widest page does not make the window wide.
        self.setMinimumWidth(10)
        self._selection, self._tools, self._areas = selection, tools, areas
        self._select, self._paint, self._threshold = self._select_page(), self._brush_page(), self._threshold_page()
        self.sources = SourceChips(document, marking)
        for page in (self._select, self._paint, self._threshold, self.sources):
            self.addWidget(page)
        tools.changed.connect(self._show_tool)
        selection.layer_changed.connect(self._show_layer)
        document.layers_changed.connect(self._show_layer)
        document.opened.connect(self._show_layer)
        selection.area_changed.connect(self._show_area)
        self._show_wand()
        self._show_tool()
        self._show_layer()
        self._show_area()

    def _page(self) -> tuple[QWidget, QHBoxLayout]:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        return page, row

    # -- selecting -----------------------------------------------------------------------------------

    def _select_page(self) -> QWidget:
        page, row = self._page()
        self.select_title = plain()
        self.select_title.setProperty("role", "title")
        row.addWidget(self.select_title)
        self.wand = QWidget()
        wand = QHBoxLayout(self.wand)
        wand.setContentsMargins(0, 0, 0, 0)
        wand.setSpacing(6)
        self.wand_like = combo(
            [
                (self.tr("sound"), None),
                (self.tr("same level"), Likeness.LEVEL),
                (self.tr("same layers"), Likeness.SHARES),
            ],
            "wandLike",
            self.tr("What the wand takes"),
            self.tr(
                "The partial or attack you click, to its ends; or places of the same level, or that layers share alike"
            ),
        )
        self.wand_tolerance = named(QSpinBox(), "wandTolerance", self.tr("Tolerance"), "")
        self.wand_tolerance.setRange(1, 100)
        self.wand_harmonics = named(
            QCheckBox(self.tr("Harmonics")),
            "wandHarmonics",
            self.tr("With its harmonics"),
            self.tr("Of a partial take the whole tone: its harmonics are looked for and followed too"),
        )
        self.wand_connected = named(
            QCheckBox(self.tr("Connected")),
            "wandConnected",
            self.tr("Connected"),
            self.tr("Only what hangs together with the place you click"),
        )
        for widget in (self.wand_like, self.wand_tolerance, self.wand_harmonics, self.wand_connected):
            wand.addWidget(widget)
        tools = self._tools
        self.wand_like.currentIndexChanged.connect(self._like_changed)
        self.wand_tolerance.valueChanged.connect(self._tolerance_changed)
        self.wand_harmonics.toggled.connect(lambda on: tools.set_wand(replace(tools.wand, harmonics=on)))
        self.wand_connected.toggled.connect(lambda on: tools.set_wand(replace(tools.wand, connected=on)))
        row.addWidget(self.wand)
        self.amount = named(
            QSpinBox(),
            "selectionAmount",
            self.tr("Bins and frames"),
            self.tr("By how much the selection grows, shrinks or is feathered"),
        )
        self.amount.setMaximumWidth(NUMBER_WIDTH)
        self.amount.setRange(1, 30)
        self.amount.setValue(3)
        self.reshapes: list[QPushButton] = []
        for how, text, tip in (
            (Reshape.GROW, self.tr("Grow"), self.tr("Make the selection larger on every side (Ctrl+])")),
            (Reshape.SHRINK, self.tr("Shrink"), self.tr("Make the selection smaller on every side (Ctrl+[)")),
            (Reshape.FEATHER, self.tr("Feather"), self.tr("Give the selection soft edges (Ctrl+Alt+F)")),
        ):
            button = named(QPushButton(text), f"selection{how.capitalize()}", text, tip)
            button.clicked.connect(lambda _, each=how: self._areas.reshape(each, self.amount.value()))
            self.reshapes.append(button)
            row.addWidget(button)
        row.addWidget(dim(self.tr("by")))
        row.addWidget(self.amount)
        self.harmonics_wanted = named(
            QPushButton(self.tr("Harmonics")),
            "selectionOvertones",
            self.tr("Harmonics"),
            self.tr("Add the overtones of what is selected (Ctrl+H)"),
        )
        self.harmonics_wanted.clicked.connect(
            lambda: self._areas.reshape(Reshape.OVERTONES, self._tools.options.brush.harmonics)
        )
        row.addWidget(self.harmonics_wanted)
        self.similar_wanted = named(
            QPushButton(self.tr("Similar")),
            "selectionSimilar",
            self.tr("Similar events"),
            self.tr("Add what sounds like it elsewhere (Ctrl+Shift+H)"),
        )
        self.least_likeness = named(
            QSpinBox(),
            "selectionLikeness",
            self.tr("Least likeness"),
            self.tr("How like the selection a similar event must be: lower finds more"),
        )
        self.least_likeness.setMaximumWidth(NUMBER_WIDTH)
        self.least_likeness.setRange(20, 99)
        self.least_likeness.setValue(70)
        self.least_likeness.setSuffix(" %")
        self.similar_wanted.clicked.connect(self.add_similar)
        row.addWidget(self.similar_wanted)
        row.addWidget(self.least_likeness)
        row.addStretch(1)
        return page

    def add_similar(self) -> None:
        """Events like what is selected join the selection."""
        self._areas.add_similar(self.least_likeness.value() / 100)

    def _like_changed(self) -> None:
        # Qt hands members of enumerations back as strings.
        like = self.wand_like.currentData()
        self._tools.set_wand(replace(self._tools.wand, like=None if like is None else Likeness(like)))

    def _tolerance_changed(self, value: int) -> None:
        wand = self._tools.wand
        sound = wand.like is None
        self._tools.set_wand(replace(wand, fall=float(value)) if sound else replace(wand, tolerance=float(value)))

    def _show_wand(self) -> None:
        """The wand's options, of which each way of looking has its own."""
        wand = self._tools.wand
        sound = wand.like is None
        self.wand_harmonics.setVisible(sound)
        self.wand_connected.setVisible(not sound)
        tip = self.tr("By how much the sound may fall below its loudest moment, in dB")
        self.wand_tolerance.setToolTip(tip if sound else self.tr("How much may differ, in dB or per cent"))
        self.wand_tolerance.setAccessibleDescription(self.wand_tolerance.toolTip())
        with QSignalBlocker(self.wand_tolerance), QSignalBlocker(self.wand_like):
            self.wand_like.setCurrentIndex(self.wand_like.findData(wand.like))
            self.wand_tolerance.setSuffix(" %" if wand.like is Likeness.SHARES else " dB")
            self.wand_tolerance.setValue(round(wand.fall if sound else wand.tolerance))
        with QSignalBlocker(self.wand_harmonics), QSignalBlocker(self.wand_connected):
            self.wand_harmonics.setChecked(wand.harmonics)
            self.wand_connected.setChecked(wand.connected)

    # -- painting ------------------------------------------------------------------------------------

    def _brush_page(self) -> QWidget:
        page, row = self._page()
        tools = self._tools
        brush = tools.options.brush
        self.paints = rich()
        self.paints.setObjectName("paintedLayer")
        row.addWidget(self.paints)
        self.shape = combo(
            [(text, shape) for shape, text in described_shapes().items()],
            "brushShape",
            self.tr("Brush shape"),
            self.tr("Shape of the brush (, and . take another)"),
        )
        row.addWidget(self.shape)
        self.harmonics = named(
            QSpinBox(),
            "brushHarmonics",
            self.tr("Harmonics"),
            self.tr("Lines of the comb: the fundamental and its overtones"),
        )
        self.harmonics.setRange(*HARMONICS)
        self.harmonics.setPrefix("× ")
        self.line_width = named(
            QSpinBox(),
            "brushWidth",
            self.tr("Width of a harmonic"),
            self.tr("Thickness of each line of the comb in Hz"),
        )
        self.line_width.setRange(round(WIDTHS[0]), round(WIDTHS[1]))
        self.line_width.setSuffix(" Hz")
        row.addWidget(self.harmonics)
        row.addWidget(self.line_width)
        self.size_slider = named(
            Slider(*SIZES, brush.size, 40, 396),
            "brushSize",
            self.tr("Brush size"),
            self.tr("Diameter in pixels ([ and ], or Shift+right-drag)"),
        )
        self.hardness = named(
            Slider(0, 1, brush.hardness, 0.5, 100),
            "brushHardness",
            self.tr("Hardness"),
            self.tr("How much of the brush has full effect, per cent"),
        )
        self.strength = named(
            Slider(0, 1, 1.0, 1.0, 100),
            "brushStrength",
            self.tr("Strength"),
            self.tr("How far one stroke goes, per cent; a pen's pressure counts too"),
        )
        self.target = named(
            Slider(0, 1, 1.0, 1.0, 100),
            "brushTarget",
            self.tr("Target value"),
            self.tr("The mask value to paint towards: 1 all, 0 nothing"),
        )
        self._size_label, self._hardness_label = dim(""), dim("")
        self._strength_label, self._target_label = dim(""), dim("")
        for label, slider, change in (
            (self._size_label, self.size_slider, tools.set_size),
            (self._hardness_label, self.hardness, tools.set_hardness),
            (self._strength_label, self.strength, lambda v: tools.set(strength=v)),
            (self._target_label, self.target, lambda v: tools.set(target=v)),
        ):
            slider.moved.connect(change)
            slider.setMinimumWidth(38)
            slider.setMaximumWidth(70)
            row.addWidget(label)
            row.addWidget(slider, 1)
        self.reach = named(
            QSpinBox(), "filterReach", self.tr("Reach"), self.tr("Bins or frames on either side that count")
        )
        self.reach.setRange(*REACHES)
        self.reach.setPrefix("± ")
        row.addWidget(self.reach)
        self.build_up = named(
            QCheckBox(self.tr("Build up")),
            "brushBuildUp",
            self.tr("Build up"),
            self.tr("Going over a place again within one stroke adds to it"),
        )
        row.addWidget(self.build_up)
        row.addStretch(1)
        self.shape.currentIndexChanged.connect(lambda: tools.set_brush(shape=self.shape.currentData()))
        self.harmonics.valueChanged.connect(lambda v: tools.set_brush(harmonics=v))
        self.line_width.valueChanged.connect(lambda v: tools.set_brush(width=float(v)))
        self.reach.valueChanged.connect(lambda v: tools.set(reach=v))
        self.build_up.toggled.connect(lambda on: tools.set(build_up=on))
        return page

    def _threshold_page(self) -> QWidget:
        page, row = self._page()
        hint = dim(self.tr("Drag in the histogram: you see and hear it before it is done. Drag here to select where."))
        hint.setMinimumWidth(10)
        row.addWidget(hint, 1)
        return page

    # -- showing -------------------------------------------------------------------------------------

    def _show_tool(self) -> None:
        tools = self._tools
        if tools.tool is Tool.THRESHOLD:
            self.setCurrentWidget(self._threshold)
            return
        if tools.tool is Tool.POINT:
            self.setCurrentWidget(self.sources)
            return
        if not tools.paints:
            self.setCurrentWidget(self._select)
            self.select_title.setText(described()[tools.tool].name)
            self.wand.setVisible(tools.tool is Tool.WAND)
            # The wand takes them in a way of its own, and needs the room; the key does so still.
            for other in (self.select_title, self.harmonics_wanted):
                other.setVisible(tools.tool is not Tool.WAND)
            self._show_wand()
            return
        self.setCurrentWidget(self._paint)
        options = tools.options
        for slider, value in (
            (self.size_slider, options.brush.size),
            (self.hardness, options.brush.hardness),
            (self.strength, options.strength),
            (self.target, options.target),
        ):
            slider.set(value)
        for label, text in (
            (self._size_label, self.tr("Size {0:.0f}").format(options.brush.size)),
            (self._hardness_label, self.tr("Hardness {0:.0f}").format(100 * options.brush.hardness)),
            (self._strength_label, self.tr("Strength {0:.0f}").format(100 * options.strength)),
            (self._target_label, self.tr("Value {0:.2f}").format(options.target)),
        ):
            label.setText(text)
        for box, number in (
            (self.harmonics, options.brush.harmonics),
            (self.line_width, round(options.brush.width)),
            (self.reach, options.reach),
        ):
            with QSignalBlocker(box):
                box.setValue(number)
        with QSignalBlocker(self.shape), QSignalBlocker(self.build_up):
            self.shape.setCurrentIndex(self.shape.findData(options.brush.shape))
            self.build_up.setChecked(options.build_up)
        comb = options.brush.shape is Shape.COMB
        self.harmonics.setVisible(comb)
        self.line_width.setVisible(comb)
        brush = tools.tool is Tool.BRUSH
        self.target.setVisible(brush)
        self._target_label.setVisible(brush)
        self.reach.setVisible(tools.tool in FILTERS)
        self._show_layer()

    def _show_layer(self) -> None:
        source = self._selection.source
        if source is None or self._tools.tool not in PAINTING:
            self.paints.setText("")
            return
        most = 9 if self._tools.options.brush.shape is Shape.COMB else 16
        what = "" if self._tools.tool is Tool.BRUSH else f"{described()[self._tools.tool].name}: "
        self.paints.setText(what + chip(source.colour, short(source.name, most)))
        self.paints.setToolTip(literal(source.name))

    def _show_area(self) -> None:
        for button in (*self.reshapes, self.harmonics_wanted, self.similar_wanted):
            button.setEnabled(self._selection.area is not None)
