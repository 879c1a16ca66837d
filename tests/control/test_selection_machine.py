"""Whatever is done and undone, the selection stands for what there is."""

import itertools
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.acting import select_time
from tests.conftest import tone_mix
from workbench.audio.recording import Recording
from workbench.control.selection import Selection
from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import masks as mask_acts
from workbench.document.acts import selections as selection_acts
from workbench.document.acts import stacks as stack_acts
from workbench.document.document import Document
from workbench.document.state import fresh_state
from workbench.masks.model.models import Factors
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

SAMPLES = tone_mix(0.2, 8000, 1)
ANALYSES = (Analysis(256, 64), Analysis(512, 128))
LEVELS = {analysis: analyse_levels(SAMPLES, analysis) for analysis in ANALYSES}
PLACES = st.integers(0, 7)


class Selected(RuleBasedStateMachine):
    """A user who selects, acts, tries out, and takes back."""

    def __init__(self):
        super().__init__()
        self.document = Document()
        self.selection = Selection(self.document)
        self.consistent = True
        for signal in (self.document.layers_changed, self.document.stacks_changed, self.document.masks_changed):
            signal.connect(self.look)
        self.reopen()

    def look(self, *_):
        """Views look while they are told."""
        self.consistent &= self.selection.index >= 0

    @property
    def state(self):
        return self.document.recorded_state

    def pick(self, place):
        return self.state.layers[place % len(self.state.layers)].id

    @rule()
    def reopen(self):
        self.document.open(Recording(SAMPLES, 8000, Path("x.wav")), LEVELS[ANALYSES[0]], fresh_state(ANALYSES[0]))

    @rule(place=PLACES, add=st.booleans())
    def select(self, place, add):
        layers = self.document.layers
        self.selection.select(layers[place % len(layers)].id, add)

    @precondition(lambda self: self.document.groups)
    @rule(place=PLACES, add=st.booleans())
    def select_group(self, place, add):
        groups = self.document.groups
        self.selection.select_group(groups[place % len(groups)].id, add)

    @rule()
    def swap(self):
        self.selection.swap()

    @rule(count=st.integers(1, 5))
    def factorise(self, count):
        stack = self.document.stack
        factors = Factors(np.ones((stack.bins, count), np.float32), np.ones((count, stack.frames), np.float32))
        self.document.begin_run("run", RunSettings(components=count), factors, True)

    @rule()
    def add(self):
        state, made = layer_acts.add_layer(self.state, "new")
        self.document.act("add", state)
        self.selection.select(made)

    @precondition(lambda self: len(self.state.layers) > 1)
    @rule(place=PLACES)
    def remove(self, place):
        self.document.act("remove", layer_acts.remove_layer(self.state, self.pick(place)))

    @precondition(lambda self: len(self.selection.picked) > 1)
    @rule()
    def merge(self):
        if len({layer.id for layer in self.state.layers} & set(self.selection.picked)) > 1:
            self.document.act("merge", layer_acts.merge_layers(self.state, self.selection.picked))

    @rule(one=PLACES, other=PLACES)
    def group(self, one, other):
        state, made = group_acts.group_layers(self.state, [self.pick(one), self.pick(other)], "group")
        self.document.act("group", state)
        self.selection.select_group(made)

    @precondition(lambda self: self.state.groups)
    @rule()
    def dissolve(self):
        self.document.act("dissolve", group_acts.dissolve_group(self.state, self.state.groups[0].id))

    @rule(place=PLACES)
    def suggest(self, place):
        self.document.preview(group_acts.group_all(self.state, [("suggested", [self.pick(place)])]))

    @rule()
    def try_with_room(self):
        self.document.preview(mask_acts.with_room(self.state, self.state.layers[0].id, "Rest"))

    @rule()
    def leave(self):
        self.document.end_preview()

    @rule(copy=st.booleans())
    def another_stack(self, copy):
        act = stack_acts.duplicate_stack if copy else stack_acts.new_stack
        self.document.act("stack", act(self.state, "stack"))

    @rule(place=PLACES)
    def show(self, place):
        self.document.end_preview()
        self.document.show_stack(self.state.stacks[place % len(self.state.stacks)].id)

    @rule(place=st.integers(0, 1))
    def analyse(self, place):
        if self.state.analysis != ANALYSES[place]:
            self.document.set_analysis("window", ANALYSES[place], LEVELS[ANALYSES[place]])

    @rule(begin=st.floats(0, 0.2), length=st.floats(0.01, 0.2))
    def select_time(self, begin, length):
        select_time(self.document, self.selection, begin, begin + length)

    @rule()
    def deselect(self):
        self.selection.set_area(None)

    @rule(frames=st.integers(-40, 40), bins=st.integers(-40, 40))
    def nudge(self, frames, bins):
        if self.selection.area is not None:
            self.selection.set_area(self.selection.area.moved(bins, frames), "nudge", "nudge")

    @rule()
    def remember(self):
        if self.selection.area is not None:
            state = selection_acts.remember(self.state, "one", self.selection.area)
            self.document.act("remember", state)

    @precondition(lambda self: self.state.remembered)
    @rule(place=PLACES)
    def take(self, place):
        held = self.state.remembered
        self.selection.set_area(held[place % len(held)].area)

    @rule()
    def there_and_back(self):
        """Undo and redo bring back what is selected, as the same object."""
        self.document.end_preview()
        step, area = self.document.step, self.selection.area
        self.document.undo()
        if self.document.step != step:
            self.document.redo()
        assert self.selection.area is area

    @rule()
    def undo(self):
        self.document.undo()

    @rule()
    def redo(self):
        self.document.redo()

    @rule(step=st.integers(0, 12))
    def go_to(self, step):
        self.document.go_to(step)

    @invariant()
    def present_layer_is_there(self):
        layers, selection = self.document.layers, self.selection
        assert layers[selection.index].id == selection.layer
        assert selection.present is layers[selection.index]

    @invariant()
    def picked_hold_it_and_are_there(self):
        picked, there = self.selection.picked, [layer.id for layer in self.document.layers]
        assert self.selection.layer in picked
        assert list(picked) == [each for each in there if each in set(picked)]

    @invariant()
    def group_is_there_or_none_is_selected(self):
        group = self.selection.group
        assert group == 0 or group in {each.id for each in self.document.groups}
        assert self.selection.shown_indices and max(self.selection.shown_indices) < len(self.document.layers)

    @invariant()
    def the_area_is_one_of_the_plane(self):
        area, stack = self.selection.area, self.document.stack
        assert area is None or (area and (area.bins, area.frames) == (stack.bins, stack.frames))

    @invariant()
    def it_is_that_of_the_document(self):
        assert self.selection.area is self.document.state.area is self.document.recorded_state.area

    @invariant()
    def no_step_does_nothing(self):
        steps = [step.state for step in self.document.steps]
        assert all(one is not other for one, other in itertools.pairwise(steps))

    @invariant()
    def remembered_ones_fit_the_plane(self):
        stack = self.document.stack
        assert all((each.area.bins, each.area.frames) == (stack.bins, stack.frames) for each in self.state.remembered)

    @invariant()
    def views_saw_nothing_else(self):
        assert self.consistent


TestSelected = Selected.TestCase
TestSelected.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
