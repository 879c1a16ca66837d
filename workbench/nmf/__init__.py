"""Nonnegative matrix factorisation of spectrograms: pure functions on arrays.

V (F bins, N frames) ≈ W H, with templates W (F, K), or (F, K, T) of T frames, and activations H (K, N).

========================  ==============================================================================
`factorise`               exact multiplicative updates for any β, with penalties, weights and held factors
`factorise_fast`          the same objectives faster: HALS, or extrapolated steps with restarts
`smooth_is`, `sage`       Itakura–Saito with smooth activations, by MM and by EM
`nmfd`, `nmf_conv`        templates with a course in time; `conv_model`, `shift_operator`
`factorise_online`        the same costs by mini-batches, for what is long
`pulled`, `pulling`       curves drawn towards what is known of them
`match`, `morph`          fixed templates, and what lies between two sets of them
`hpss`                    harmonic–percussive masks by medians
`random_start`, …         starts: random, uniform, singular vectors, pitches, examples, events
`noise_floor`             the spectrum of steady noise
`match_components`        which component of one run is which of another
`costs_by_components`     the cost against the number of components, and its `elbow`
`flucoma`, `libnmfd`      those programs' own rules, for their own numbers
========================  ==============================================================================

The module `reference` states every rule in its slowest, most obvious form, with its equation: read that first.

All keep the kind of number of V (float32 or float64), never write to their inputs, and take every seed as an
argument. Iterations call ``progress(i, cost) -> bool``; False stops them, and they return what they have. `hpss`, which
has nothing before its end, calls ``progress(share)`` and is stopped by what that raises.
"""

from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.activations import Event, decays, gates, read_events
from workbench.nmf.bases import match, morph, morph_template
from workbench.nmf.compat import flucoma, libnmfd
from workbench.nmf.convolutive import conv_model, nmf_conv, nmfd, shift_operator
from workbench.nmf.divergence import BETA, divergence, relative_floor, spectrogram_power
from workbench.nmf.harmonic_percussive import HpssMode, hpss, median_filters
from workbench.nmf.matching import match_components, similarity
from workbench.nmf.multiplicative import factorise
from workbench.nmf.noise_floor import noise_floor
from workbench.nmf.objective import Exponent, Objective
from workbench.nmf.online import factorise_online
from workbench.nmf.pulls import Pull, pulled, pulling
from workbench.nmf.rank import costs_by_components, elbow
from workbench.nmf.result import Array, Factorisation, Hook, IterationProgress, Watch
from workbench.nmf.smooth import Order, sage, smooth_is
from workbench.nmf.starts import (
    Fill,
    balanced,
    components_for,
    covering,
    nndsvd,
    random_start,
    singular_shares,
    start_of_shape,
    uniform_start,
)
from workbench.nmf.templates import learnt_templates, pitched_templates

__all__ = [
    "BETA",
    "Array",
    "Event",
    "Exponent",
    "Factorisation",
    "Fill",
    "Hook",
    "HpssMode",
    "IterationProgress",
    "Objective",
    "Order",
    "Pull",
    "Watch",
    "balanced",
    "components_for",
    "conv_model",
    "costs_by_components",
    "covering",
    "decays",
    "divergence",
    "elbow",
    "factorise",
    "factorise_fast",
    "factorise_online",
    "flucoma",
    "gates",
    "hpss",
    "learnt_templates",
    "libnmfd",
    "match",
    "match_components",
    "median_filters",
    "morph",
    "morph_template",
    "nmf_conv",
    "nmfd",
    "nndsvd",
    "noise_floor",
    "pitched_templates",
    "pulled",
    "pulling",
    "random_start",
    "read_events",
    "relative_floor",
    "sage",
    "shift_operator",
    "similarity",
    "singular_shares",
    "smooth_is",
    "spectrogram_power",
    "start_of_shape",
    "uniform_start",
]
