"""All that a user does, in one place: built once over a document, handed on part by part to the views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from workbench.audio.player import Player
from workbench.audio.scene import Scene
from workbench.control.acting import Acting
from workbench.control.areas import AreaActs
from workbench.control.audition import Audition
from workbench.control.carrying import Carrying
from workbench.control.components import Components
from workbench.control.exchanging import Exchanging
from workbench.control.export_spans import ExportSpans
from workbench.control.exporting import Exporting
from workbench.control.extracting import Extracting
from workbench.control.factor_strokes import FactorStrokes
from workbench.control.factorising import Factorising
from workbench.control.figures import Figures
from workbench.control.handling import Handling
from workbench.control.heard import Heard
from workbench.control.highlight import Highlight
from workbench.control.holding import Holding
from workbench.control.importing import Importing
from workbench.control.journalling import Journalling
from workbench.control.known import KnownActs
from workbench.control.labelling import Labelling
from workbench.control.layers import LayerActs
from workbench.control.listening import Listening
from workbench.control.mark_choice import MarkChoice
from workbench.control.mark_effects import MarkEffects
from workbench.control.markers import Markers
from workbench.control.marking import Marking
from workbench.control.marks import MarkActs
from workbench.control.masks import MaskActs
from workbench.control.measuring import Measuring
from workbench.control.mixing import MixActs
from workbench.control.morphing import Morphing
from workbench.control.note_acts import NoteActs
from workbench.control.notices import Notices
from workbench.control.opening import Opening
from workbench.control.outline import Outline
from workbench.control.paging import Paging
from workbench.control.partitions import Partitions
from workbench.control.plane import Plane, Pointer
from workbench.control.playback import Playback
from workbench.control.pointing import Pointing
from workbench.control.recent import Recent
from workbench.control.references import References
from workbench.control.remembering import Remembering
from workbench.control.saving import Saving
from workbench.control.scoring import Scoring
from workbench.control.selecting import Selecting
from workbench.control.selection import Selection
from workbench.control.shaping import Shaping
from workbench.control.sorting import Sorting
from workbench.control.spot import Spot
from workbench.control.stacks import StackActs
from workbench.control.stem_stacks import StemStacks
from workbench.control.strokes import Strokes
from workbench.control.tapping import Tapping
from workbench.control.thresholding import Thresholding
from workbench.control.tools import ToolSettings
from workbench.control.under_way import UnderWay
from workbench.control.viewport import Viewport
from workbench.control.views import Views
from workbench.control.walking import Walking
from workbench.control.wishes import Wishes
from workbench.control.zooming import Zooming
from workbench.document.document import Document
from workbench.jobs.runner import Runner
from workbench.precedence import Precedence


@dataclass(frozen=True)
class Desk:
    """The document, the threads that work for it, and everything that acts on them."""

    document: Document
    runner: Runner
    player: Player
    notices: Notices
    selection: Selection
    viewport: Viewport
    plane: Plane
    pointer: Pointer
    tools: ToolSettings
    highlight: Highlight
    acting: Acting
    areas: AreaActs
    masks: MaskActs
    layers: LayerActs
    stacks: StackActs
    mixing: MixActs
    components: Components
    audition: Audition
    marking: Marking
    marks: MarkActs
    mark_choice: MarkChoice
    mark_effects: MarkEffects
    strokes: Strokes
    template_strokes: FactorStrokes
    activation_strokes: FactorStrokes
    holding: Holding
    tapping: Tapping
    notes: NoteActs
    known: KnownActs
    carrying: Carrying
    handling: Handling
    remembering: Remembering
    selecting: Selecting
    thresholding: Thresholding
    shaping: Shaping
    opening: Opening
    saving: Saving
    journalling: Journalling
    recent: Recent
    factorising: Factorising
    wishes: Wishes
    morphing: Morphing
    partitions: Partitions
    extracting: Extracting
    references: References
    stem_stacks: StemStacks
    scoring: Scoring
    heard: Heard
    outline: Outline
    playback: Playback
    spot: Spot
    paging: Paging
    zooming: Zooming
    markers: Markers
    listening: Listening
    walking: Walking
    pointing: Pointing
    measuring: Measuring
    sorting: Sorting
    exporting: Exporting
    exchanging: Exchanging
    figures: Figures
    importing: Importing
    labelling: Labelling
    under_way: UnderWay

    def close(self) -> None:
        """Give back what threads and devices hold; nothing happens by itself any more."""
        self.walking.end()
        for each in (getattr(self, field.name) for field in fields(self)):
            for timer in each.findChildren(QTimer) if isinstance(each, QObject) else ():
                timer.stop()
        self.runner.close()
        self.journalling.close()
        self.saving.close()
        self.player.close()


def build_desk(
    make_player: Callable[[Callable[[], Scene | None]], Player] = Player,
    precedence: Precedence | None = None,
    home: Path | None = None,
) -> Desk:
    """Build everything; what works in the background gives way to `precedence`.

    `home` is the program's own folder, for the journal and what was open lately; without one, nothing is kept there.

    The selection follows the document before any view does, because it is built before them.
    """
    document, runner, notices = Document(precedence), Runner(precedence), Notices()
    selection = Selection(document)
    heard = Heard(document)
    player = make_player(heard.scene)
    viewport, tools = Viewport(document), ToolSettings()
    plane = Plane(document, viewport)
    pointer = Pointer(plane)
    acting = Acting(document, selection, runner, notices)
    areas = AreaActs(document, selection, runner, plane, notices)
    masks = MaskActs(document, selection, acting, areas, runner, notices)
    layers = LayerActs(document, selection, acting, masks, notices)
    playback = Playback(document, selection, player)
    views = Views(document, viewport, playback, selection)
    saving, recent = Saving(document, runner, views, notices), Recent(home)
    opening = Opening(document, runner, saving, views, notices)
    factorising = Factorising(document, runner, opening, notices)
    references = References(document, acting, runner, notices)
    spot = Spot(document, tools, plane, pointer)
    listening = Listening(document, selection, heard, playback, spot, runner, notices)
    strokes = Strokes(document, selection, tools, plane, acting, notices)
    template_strokes = FactorStrokes(document, tools, notices, along_time=False)
    activation_strokes = FactorStrokes(document, tools, notices, along_time=True)
    components = Components(document, runner, notices)
    audition = Audition(document, heard, playback)
    marks = MarkActs(document, plane, acting, runner, notices)
    mark_choice = MarkChoice(document, plane, viewport, marks)
    marking = Marking(document, selection, tools, plane, pointer, components, audition, marks, acting, notices)
    carrying = Carrying(document, selection, acting, areas, runner, notices)
    handling = Handling(document, selection, plane, areas, carrying)
    selecting = Selecting(document, selection, tools, plane, areas, handling)
    thresholding = Thresholding(document, selection, tools, plane, acting, runner)
    walking = Walking(document, selection, acting, layers, playback, listening, runner, notices)
    measuring = Measuring(document, selection, playback, factorising, runner, notices)
    extracting = Extracting(document, selection, components, runner, notices)
    extracting.got_out.connect(marking.choose)
    tapping = Tapping(document, selection, playback, runner, notices)
    wishes = Wishes(document, selection, factorising, notices)
    scoring = Scoring(document, acting, references, factorising, runner, notices)
    exporting = Exporting(document, heard, listening, ExportSpans(document, selection, viewport), runner, notices)
    pens = (template_strokes, activation_strokes)
    return Desk(
        document=document,
        runner=runner,
        player=player,
        notices=notices,
        selection=selection,
        viewport=viewport,
        plane=plane,
        pointer=pointer,
        tools=tools,
        highlight=Highlight(),
        acting=acting,
        areas=areas,
        masks=masks,
        layers=layers,
        stacks=StackActs(document, selection, acting, runner, notices),
        mixing=MixActs(document, selection, acting, layers, notices),
        components=components,
        audition=audition,
        marking=marking,
        marks=marks,
        mark_choice=mark_choice,
        mark_effects=MarkEffects(document, runner),
        strokes=strokes,
        template_strokes=template_strokes,
        activation_strokes=activation_strokes,
        holding=Holding(document, selection, notices),
        tapping=tapping,
        notes=NoteActs(document, selection, wishes, runner, notices),
        known=KnownActs(document, selection),
        carrying=carrying,
        handling=handling,
        remembering=Remembering(document, acting, areas),
        selecting=selecting,
        thresholding=thresholding,
        shaping=Shaping(document, selection, acting),
        opening=opening,
        saving=saving,
        journalling=Journalling(document, runner, opening, saving, factorising, views, recent, notices, home),
        recent=recent,
        factorising=factorising,
        wishes=wishes,
        morphing=Morphing(document, notices),
        partitions=Partitions(document, runner, notices),
        extracting=extracting,
        references=references,
        stem_stacks=StemStacks(document, references, runner, notices),
        scoring=scoring,
        heard=heard,
        outline=Outline(document, runner, notices),
        playback=playback,
        spot=spot,
        paging=Paging(playback, viewport, strokes, marking),
        zooming=Zooming(document, selection, viewport, notices),
        markers=Markers(document, selection, viewport, playback, acting, areas, notices),
        listening=listening,
        walking=walking,
        pointing=Pointing(
            document, selection, pointer, plane, playback, masks, layers, extracting, marking, mark_choice, notices
        ),
        measuring=measuring,
        sorting=Sorting(document, acting, measuring, notices),
        exporting=exporting,
        exchanging=Exchanging(document, exporting, scoring, runner, notices),
        figures=Figures(document, viewport, exporting, runner, notices),
        importing=Importing(document, wishes, runner, notices),
        labelling=Labelling(document, components, wishes, runner, notices),
        under_way=UnderWay(
            document,
            selection,
            strokes,
            marking,
            pens,
            tapping,
            handling,
            selecting,
            thresholding,
            walking,
            extracting,
            runner,
            notices,
        ),
    )
