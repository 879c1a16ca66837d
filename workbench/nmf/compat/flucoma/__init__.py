"""The factorisations of the Fluid Corpus Manipulation library (flucoma-core), named as its objects are."""

from workbench.nmf.compat.flucoma.buf_nmf import activation_scale, nmf, random_factors
from workbench.nmf.compat.flucoma.mersenne import mersenne_uniform
from workbench.nmf.compat.flucoma.nmf_match import filter_masks, match, ratio_mask
from workbench.nmf.compat.flucoma.nmf_morph import morph
from workbench.nmf.compat.flucoma.nmf_seed import Variant, seed

__all__ = [
    "Variant",
    "activation_scale",
    "filter_masks",
    "match",
    "mersenne_uniform",
    "morph",
    "nmf",
    "random_factors",
    "ratio_mask",
    "seed",
]
