"""The panes of the window: every view, built over the desk and handed what it uses."""

from __future__ import annotations

from workbench.control.desk import Desk
from workbench.ui.factors.activations import ActivationsView
from workbench.ui.factors.component_map import ComponentMap
from workbench.ui.factors.cost_plot import CostPlot
from workbench.ui.factors.curve_pane import Surroundings
from workbench.ui.factors.factorise_panel import FactorisePanel
from workbench.ui.factors.templates import TemplatesView
from workbench.ui.sound.mixer import Mixer
from workbench.ui.sound.transport_bar import TransportBar
from workbench.ui.spectrogram.area_overlay import AreaOverlay
from workbench.ui.spectrogram.brush_cursor import BrushCursor
from workbench.ui.spectrogram.frequency_bar import FrequencyBar
from workbench.ui.spectrogram.glimpse_view import GlimpseView
from workbench.ui.spectrogram.hand import Hand
from workbench.ui.spectrogram.handle_overlay import HandleOverlay
from workbench.ui.spectrogram.image import SpectrogramImage
from workbench.ui.spectrogram.mark_overlay import MarkOverlay
from workbench.ui.spectrogram.marker_lane import MarkerLane
from workbench.ui.spectrogram.marker_overlay import MarkerOverlay
from workbench.ui.spectrogram.overview import Overview
from workbench.ui.spectrogram.point_overlay import PointOverlay
from workbench.ui.spectrogram.readout import Readout
from workbench.ui.spectrogram.selected_span import SelectedSpan
from workbench.ui.spectrogram.selection_overlay import SelectionOverlay
from workbench.ui.spectrogram.view import SpectrogramView
from workbench.ui.spectrogram.waveform import WaveformView
from workbench.ui.stack.history_panel import HistoryPanel
from workbench.ui.stack.marks_panel import MarksPanel
from workbench.ui.stack.panel import StackPanel
from workbench.ui.stack.scores_panel import ScoresPanel
from workbench.ui.stack.walk_bar import WalkBar
from workbench.ui.tools.palette import Palette
from workbench.ui.tools.threshold_panel import ThresholdPanel
from workbench.ui.tools.tool_bar import ToolBar


class Panes:
    """Views by name. None knows another one, but for the curves, which stand beside the spectrogram."""

    def __init__(self, desk: Desk) -> None:
        d = desk
        self._selecting, self._under_way = d.selecting, d.under_way
        self.hand = Hand(
            d.plane, d.pointer, d.viewport, d.tools, d.strokes, d.marking, d.selecting, d.handling, d.playback
        )
        self.image = SpectrogramImage(d.document, d.selection, d.viewport, d.plane, d.heard, d.runner)
        self.spectrogram = SpectrogramView(
            d.document,
            d.viewport,
            d.plane,
            d.playback,
            self.image,
            self.hand,
            [
                MarkerOverlay(d.markers, d.plane),
                PointOverlay(d.marking, d.plane),
                AreaOverlay(d.selection, d.handling, d.plane),
                MarkOverlay(d.document, d.marking, d.mark_choice, d.plane),
                HandleOverlay(d.selection, d.tools, d.selecting, d.handling),
                SelectionOverlay(d.selecting, d.plane, d.pointer),
                BrushCursor(d.selection, d.tools, d.plane, d.pointer),
            ],
        )
        self.glimpse = GlimpseView()
        self.frequency_bar = FrequencyBar(d.viewport, d.plane, self.spectrogram)
        self.overview = Overview(d.document, d.viewport, d.playback, d.markers)
        self.waveform = WaveformView(d.document, d.viewport, d.plane, d.playback, d.outline, self.hand)
        self.marker_lane = MarkerLane(d.markers, d.viewport, d.plane, self.hand)
        around = Surroundings(
            d.document, d.selection, d.plane, d.viewport, d.tools, d.highlight, d.holding, d.strokes, self.spectrogram
        )
        self.templates = TemplatesView(around, d.template_strokes)
        self.activations = ActivationsView(around, d.activation_strokes, d.playback, d.tapping)
        self.costs = CostPlot(d.document)
        self.map = ComponentMap(d.document, d.selection, d.highlight)
        self.palette = Palette(d.tools)
        self.tool_bar = ToolBar(d.document, d.selection, d.tools, d.areas, d.marking, d.viewport)
        self.threshold = ThresholdPanel(d.document, d.selection, d.thresholding)
        self.walk = WalkBar(d.walking)
        self.stack = StackPanel(
            d.document, d.selection, d.layers, d.masks, d.stacks, d.mixing, d.walking, d.measuring, d.runner
        )
        self.marks = MarksPanel(d.document, d.marks, d.mark_choice, d.mark_effects, d.under_way)
        self.history = HistoryPanel(d.document, d.selection, d.masks, d.under_way, d.runner)
        self.scores = ScoresPanel(d.document, d.selection, d.references, d.scoring)
        self.factorise = FactorisePanel(d.document, d.selection, d.wishes, d.morphing)
        self.mixer = Mixer(d.document, d.selection, d.mixing, d.playback)
        self.transport = TransportBar(d.playback, d.listening, d.runner)
        self.readout = Readout(d.document, d.plane, d.pointer)
        self.selected_span = SelectedSpan(d.selection)
        self.tool_bar.look_changed.connect(self.image.set_look)
        self.stack.mask_wanted.connect(self.tool_bar.toggle_mask)
        self.walk.left.connect(self.spectrogram.setFocus)

    def accept(self) -> None:
        """Return: a field of the threshold takes what was typed first."""
        if self._selecting.busy or self.threshold.isHidden():
            self._under_way.accept()
        else:
            self.threshold.apply()

    def dress(self) -> None:
        """The theme changed."""
        dressed = (self.palette, self.transport, self.stack, self.history, self.scores)
        for pane in (*dressed, self.mixer, self.factorise, self.costs):
            pane.dress()
        self.map.update()
        for pictured in (self.activations, self.templates, self.spectrogram):
            pictured.redraw()
        for drawn in (self.overview, self.waveform, self.marker_lane):
            drawn.update()
