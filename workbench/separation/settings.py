"""What a factorisation can be asked for: its methods, its parameters with their ranges, and presets."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class RunSettings:
    """What a factorisation was asked for. Each method uses some of it (`Method.uses`).

    Attributes
    ----------
    method : str
        A key of METHODS.
    components : int
        K, for starts that do not say how many there are.
    divergence : str
        'kl', 'is', 'eu', or 'beta' for the number in `beta`.
    beta : float
        β of 'beta'.
    iterations : int or None
        None until stopped.
    seed : int
    tries : int
        As many random starts, of which the one with the lowest cost is kept.
    compare : str
        Method that runs from the same start afterwards, for its cost curve; '' for none.
    templates, activations : str
        How W and H begin; keys of TEMPLATES and ACTIVATIONS.
    hold_templates, hold_activations : bool
        Not to be updated (of templates from a selection only the learnt ones are held).
    others : int
        Free components beside those of drums or pitches.
    learnt : int
        Templates learnt from the selection; 0 for all components.
    learnt_as : str
        Name of the layer that held learnt templates share; '' for 'Learnt'.
    selection : tuple of float or None
        Seconds from, to.
    low_pitch, high_pitch : int
        MIDI pitches of pitched templates.
    tolerance : float
        Semitones that a partial may be off.
    harmonics : int
        Partials of a pitched template.
    drums : str
        Folder with a folder of one-shots for each drum; '' for our own kit.
    events : str
        Text file of onsets.
    decay : float
        Share of a drum's activation that is left in the next frame.
    length : int
        T, the frames of a template.
    sparsity, uncorrelatedness, smoothness : float
        Penalties, as in `workbench.nmf`.
    harmonic_frames, percussive_bins : int
        Odd lengths of HPSS's medians.
    exponent : str
        Of exact steps: 'mm', with which the cost never rises whatever β, or 'one'.
    hold_locked : bool
        Continue holds the templates and activations of locked layers.
    leave_out : bool
        The selected time counts for nothing: templates are found from the rest.
    separation, percussive_separation : float
        Decibels by which a bin must be harmonic, and percussive.
    masks : str
        HPSS: 'soft', 'binary', 'coupled' or 'advanced' (with a residual).
    """

    method: str = "fast"
    components: int = 10
    divergence: str = "kl"
    beta: float = 0.5
    exponent: str = "mm"
    iterations: int | None = 100
    seed: int = 0
    tries: int = 1
    compare: str = ""
    templates: str = "random"
    activations: str = "random"
    hold_templates: bool = False
    hold_activations: bool = False
    hold_locked: bool = False
    leave_out: bool = False
    others: int = 0
    learnt: int = 0
    learnt_as: str = ""
    selection: tuple[float, float] | None = None
    low_pitch: int = 40
    high_pitch: int = 76
    tolerance: float = 0.5
    harmonics: int = 25
    drums: str = ""
    events: str = ""
    decay: float = 0.9
    length: int = 8
    sparsity: float = 0.0
    uncorrelatedness: float = 0.0
    smoothness: float = 10.0
    harmonic_frames: int = 17
    percussive_bins: int = 31
    separation: float = 1.0
    percussive_separation: float = 1.0
    masks: str = "soft"

    @property
    def beta_value(self) -> float:
        """β of the divergence that the method brings down."""
        own = METHODS[self.method].divergence if self.method in METHODS else None
        if own is not None:
            return own
        return {"kl": 1.0, "is": 0.0, "eu": 2.0}.get(self.divergence, self.beta)

    @property
    def power(self) -> float:
        """p of V = |X|^p: the power for Itakura–Saito (β < ½), else the magnitude."""
        return 2.0 if self.beta_value < 0.5 else 1.0

    @property
    def cost_kind(self) -> tuple[object, ...]:
        """What a cost is of: costs of one kind, from one window and hop, compare."""
        if self.method == ORACLE:
            return (ORACLE,)
        uses = METHODS[self.method].uses
        penalties = ("sparsity", "uncorrelatedness", "smoothness")
        own = self.method if self.method in ("libnmfd", "flucoma", "hpss") else ""
        out = self.selection if self.leave_out and "leave_out" in uses else None
        return self.beta_value, own, out, *(getattr(self, p) if p in uses else 0.0 for p in penalties)

    @property
    def template_frames(self) -> int:
        """T of the templates that come out."""
        return self.length if "length" in METHODS[self.method].uses else 1


ORACLE = "oracle"
"""The method of masks that were computed from true stems: no factorisation."""


@dataclass(frozen=True)
class Method:
    """One way to separate.

    Attributes
    ----------
    group : str
        'parts', 'smooth', 'patterns', 'known' or 'split'.
    uses : frozenset of str
        Fields of RunSettings that it reads, beside `method`.
    divergence : float or None
        β where the method has one of its own.
    own_scale : bool
        Its model is not at the scale of V.
    """

    group: str
    uses: frozenset[str]
    divergence: float | None = None
    own_scale: bool = False


_RUN = {"components", "iterations", "seed", "tries", "compare"}
_START = {
    "templates",
    "activations",
    "others",
    "learnt",
    "learnt_as",
    "selection",
    "low_pitch",
    "high_pitch",
    "tolerance",
    "harmonics",
    "drums",
    "events",
    "decay",
}
_HOLD = {"hold_templates", "hold_activations"}
_LOCKED = {"hold_locked"}
_PENALTY = {"sparsity", "uncorrelatedness"}
_BETA = {"divergence", "beta"}
_SEPARATION = {"separation", "percussive_separation"}
_COUNTS = {"leave_out", "selection"}


def _uses(*groups: set[str]) -> frozenset[str]:
    return frozenset().union(*groups)


METHODS: dict[str, Method] = {
    "fast": Method("parts", _uses(_RUN, _START, _HOLD, _LOCKED, _PENALTY, _BETA, _COUNTS)),
    "mu": Method("parts", _uses(_RUN, _START, _HOLD, _LOCKED, _PENALTY, _BETA, _COUNTS, {"exponent"})),
    "flucoma": Method("parts", _uses(_RUN, _HOLD, {"templates", "activations"}), 1.0, own_scale=True),
    "smooth": Method("smooth", _uses(_RUN, _START, _HOLD, _LOCKED, _COUNTS, {"smoothness"}), 0.0),
    "sequential": Method("smooth", _uses(_RUN, _START, _HOLD, _LOCKED, _COUNTS, {"smoothness"}), 0.0),
    "em": Method("smooth", _uses(_RUN, _START, {"smoothness"}), 0.0),
    "patterns": Method("patterns", _uses(_RUN, _START, _HOLD, _LOCKED, _PENALTY, _BETA, _COUNTS, {"length"})),
    "libnmfd": Method("patterns", _uses(_RUN, _START, _HOLD, _LOCKED, {"length"}), 1.0, own_scale=True),
    "match": Method("known", _uses({"iterations", "divergence", "beta"})),
    "hpss": Method("split", frozenset({"harmonic_frames", "percussive_bins", "masks", *_SEPARATION}), 1.0),
}
"""In the order of the panel."""

TEMPLATES = ("random", "uniform", "nndsvd", "pitched", "drums", "selection", "present")
ACTIVATIONS = ("random", "uniform", "events", "present")

RANGES: dict[str, tuple[float, float]] = {
    "components": (1, 200),
    "beta": (-1.0, 4.0),
    "iterations": (1, 100_000),
    "seed": (0, 1_000_000),
    "tries": (1, 50),
    "others": (0, 100),
    "learnt": (0, 200),
    "low_pitch": (12, 120),
    "high_pitch": (12, 120),
    "tolerance": (0.0, 2.0),
    "harmonics": (1, 60),
    "decay": (0.0, 0.99),
    "length": (1, 64),
    "sparsity": (0.0, 10.0),
    "uncorrelatedness": (0.0, 100.0),
    "smoothness": (0.0, 10_000.0),
    "harmonic_frames": (3, 201),
    "percussive_bins": (3, 201),
    "separation": (0.0, 24.0),
    "percussive_separation": (0.0, 24.0),
}
"""Lowest and highest value of each number."""

PRESETS: dict[str, RunSettings] = {
    "general": RunSettings(),
    "drums": RunSettings(method="patterns", templates="drums", activations="uniform", length=8, iterations=60),
    "beat": RunSettings(
        method="patterns",
        templates="drums",
        activations="random",
        others=16,
        length=4,
        hold_templates=True,
        iterations=60,
    ),
    "notes": RunSettings(
        method="fast", components=16, templates="nndsvd", divergence="kl", sparsity=0.05, iterations=150
    ),
    "speech": RunSettings(
        method="fast",
        divergence="kl",
        components=24,
        templates="selection",
        learnt=8,
        learnt_as="Noise",
        hold_templates=True,
        iterations=100,
    ),
    "old": RunSettings(method="smooth", components=10, smoothness=10.0, iterations=200),
}
"""Settings for kinds of sound; README says what each is for and what it was tried on."""


def preset(name: str, present: RunSettings) -> RunSettings:
    """A preset with the seed, the files and the selection of the present settings."""
    return replace(
        PRESETS[name], seed=present.seed, selection=present.selection, drums=present.drums, events=present.events
    )
