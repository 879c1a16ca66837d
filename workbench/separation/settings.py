"""What a factorisation can be asked for: its methods, and its parameters with their ranges."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workbench.nmf.harmonic_percussive import HpssMode
from workbench.spectral.stft import Analysis


class Method(StrEnum):
    """The ways to separate; METHODS describes each."""

    FAST = "fast"
    MU = "mu"
    ONLINE = "online"
    FLUCOMA = "flucoma"
    SMOOTH = "smooth"
    SEQUENTIAL = "sequential"
    EM = "em"
    PATTERNS = "patterns"
    LIBNMFD = "libnmfd"
    MATCH = "match"
    HPSS = "hpss"
    ORACLE = "oracle"
    """Masks that were given as a whole, computed from true stems or read from files: no factorisation, and none of
    METHODS."""


class Divergence(StrEnum):
    """How misfit counts: Kullback–Leibler (β = 1), Itakura–Saito (0), Euclidean (2), or any other β."""

    KL = "kl"
    IS = "is"
    EU = "eu"
    BETA = "beta"


class StepExponent(StrEnum):
    """Of exact multiplicative steps: γ(β), with which the cost never rises whatever β, or 1, which steps farther."""

    MM = "mm"
    ONE = "one"


class TemplateStart(StrEnum):
    """How W begins."""

    RANDOM = "random"
    UNIFORM = "uniform"
    NNDSVD = "nndsvd"
    PITCHED = "pitched"
    DRUMS = "drums"
    SELECTION = "selection"
    PRESENT = "present"


class ActivationStart(StrEnum):
    """How H begins."""

    RANDOM = "random"
    UNIFORM = "uniform"
    EVENTS = "events"
    PRESENT = "present"


USUAL_SECONDS = 512 / 44100
"""From frame to frame, for which λ is told."""


@dataclass(frozen=True)
class RunSettings:
    """What a factorisation was asked for. Each method uses some of it (`MethodKind.uses`).

    The values of enumerations may be given as plain strings; they are kept as members.

    Attributes
    ----------
    method : Method
    components : int
        K, for starts that do not say how many there are.
    divergence : Divergence
    beta : float
        β of Divergence.BETA.
    exponent : StepExponent
    iterations : int or None
        None until stopped.
    seed : int
    tries : int
        As many random starts, of which the one with the lowest cost is kept.
    compare : Method or None
        Method that runs from the same start afterwards, for its cost curve ('' is taken as None).
    templates : TemplateStart
    activations : ActivationStart
    hold_templates, hold_activations : bool
        Not to be updated (of templates from a selection only the learnt ones are held).
    others : int
        Free components beside those of drums or pitches.
    learnt : int
        Templates learnt from the selection; 0 for all components.
    learnt_as : str
        Name of the layer that held learnt templates share; '' for 'Learnt'.
    selection : (int, int) or None
        First of the selected frames, and the one behind the last, of the analysis that the run has.
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
    sparsity, uncorrelatedness : float
        Penalties, as in `workbench.nmf`.
    smoothness : float
        λ as it counts for frames 512 samples of 44.1 kHz apart, see `smoothness_between`.
    harmonic_frames, percussive_bins : int
        Odd lengths of HPSS's medians.
    hold_locked : bool
        Continue holds the templates and activations of locked layers.
    leave_out : bool
        The selected time counts for nothing: templates are found from the rest.
    separation, percussive_separation : float
        Decibels by which a bin must be harmonic, and percussive.
    masks : HpssMode

    Raises
    ------
    ValueError
        If a string is no member of its enumeration.
    """

    method: Method = Method.FAST
    components: int = 10
    divergence: Divergence = Divergence.KL
    beta: float = 0.5
    exponent: StepExponent = StepExponent.MM
    iterations: int | None = 100
    seed: int = 0
    tries: int = 1
    compare: Method | None = None
    templates: TemplateStart = TemplateStart.RANDOM
    activations: ActivationStart = ActivationStart.RANDOM
    hold_templates: bool = False
    hold_activations: bool = False
    hold_locked: bool = False
    leave_out: bool = False
    others: int = 0
    learnt: int = 0
    learnt_as: str = ""
    selection: tuple[int, int] | None = None
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
    masks: HpssMode = HpssMode.SOFT

    def __post_init__(self) -> None:
        for name, kind in _ENUMERATED.items():
            object.__setattr__(self, name, kind(getattr(self, name)))
        object.__setattr__(self, "compare", Method(self.compare) if self.compare else None)

    @property
    def beta_value(self) -> float:
        """β of the divergence that the method brings down."""
        own = METHODS[self.method].divergence if self.method in METHODS else None
        if own is not None:
            return own
        return _BETA_OF.get(self.divergence, self.beta)

    @property
    def power(self) -> float:
        """p of V = |X|^p: the power for Itakura–Saito (β < ½), else the magnitude."""
        return 2.0 if self.beta_value < 0.5 else 1.0

    @property
    def cost_kind(self) -> tuple[object, ...]:
        """What a cost is of: costs of one kind, from one window and hop, compare."""
        if self.method is Method.ORACLE:
            return (Method.ORACLE,)
        uses = METHODS[self.method].uses
        penalties = ("sparsity", "uncorrelatedness", "smoothness")
        own = self.method if self.method in (Method.LIBNMFD, Method.FLUCOMA, Method.HPSS) else ""
        out = self.selection if self.leave_out and "leave_out" in uses else None
        return self.beta_value, own, out, *(getattr(self, p) if p in uses else 0.0 for p in penalties)

    @property
    def template_frames(self) -> int:
        """T of the templates that come out."""
        return self.length if "length" in METHODS[self.method].uses else 1


_BETA_OF = {Divergence.KL: 1.0, Divergence.IS: 0.0, Divergence.EU: 2.0}
_ENUMERATED: dict[str, type[StrEnum]] = {
    "method": Method,
    "divergence": Divergence,
    "exponent": StepExponent,
    "templates": TemplateStart,
    "activations": ActivationStart,
    "masks": HpssMode,
}
"""Fields of RunSettings that hold a member of an enumeration, beside `compare`, which may hold none."""


@dataclass(frozen=True)
class MethodKind:
    """What is particular to one way to separate.

    Attributes
    ----------
    uses : frozenset of str
        Fields of RunSettings that it reads, beside `method`.
    divergence : float or None
        β where the method has one of its own.
    own_scale : bool
        Its model is not at the scale of V.
    """

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


METHODS: dict[Method, MethodKind] = {
    Method.FAST: MethodKind(_uses(_RUN, _START, _HOLD, _LOCKED, _PENALTY, _BETA, _COUNTS)),
    Method.MU: MethodKind(_uses(_RUN, _START, _HOLD, _LOCKED, _PENALTY, _BETA, _COUNTS, {"exponent"})),
    Method.ONLINE: MethodKind(_uses(_RUN, _START, _HOLD, _LOCKED, {"sparsity"}, _BETA, _COUNTS)),
    Method.FLUCOMA: MethodKind(_uses(_RUN, _HOLD, {"templates", "activations"}), 1.0, own_scale=True),
    Method.SMOOTH: MethodKind(_uses(_RUN, _START, _HOLD, _LOCKED, _COUNTS, {"smoothness"}), 0.0),
    Method.SEQUENTIAL: MethodKind(_uses(_RUN, _START, _HOLD, _LOCKED, _COUNTS, {"smoothness"}), 0.0),
    Method.EM: MethodKind(_uses(_RUN, _START, {"smoothness"}), 0.0),
    Method.PATTERNS: MethodKind(_uses(_RUN, _START, _HOLD, _LOCKED, _PENALTY, _BETA, _COUNTS, {"length"})),
    Method.LIBNMFD: MethodKind(_uses(_RUN, _START, _HOLD, _LOCKED, {"length"}), 1.0, own_scale=True),
    Method.MATCH: MethodKind(_uses({"iterations", "divergence", "beta"})),
    Method.HPSS: MethodKind(frozenset({"harmonic_frames", "percussive_bins", "masks", *_SEPARATION}), 1.0),
}
"""In the order of the panel."""

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


def frames_selected(analysis: Analysis, begin: float, end: float, rate: int) -> tuple[int, int]:
    """The frames that a span of seconds selects, as `RunSettings.selection` holds them; at least one.

    Parameters
    ----------
    begin, end : float
        Seconds.
    rate : int
        Sample rate in Hz.
    """
    start, stop = analysis.frames_of(begin, end, rate)
    return start, max(stop, start + 1)


def smoothness_between(smoothness: float, seconds: float) -> float:
    """λ of the engine for frames that are so many seconds apart, so that it means the same whatever the hop.

    The penalty Σ d_IS(h_n−1 | h_n) is about ½ Σ (Δ log h)² = ½ Δt ∫ (d log h / dt)² dt, and the cost of the spectrogram
    has 1/Δt terms a second: what is as smooth in seconds has a λ in proportion to 1/Δt².
    """
    return smoothness * (USUAL_SECONDS / seconds) ** 2
