"""The factorisations, starts and masks of libnmfd 1.0.0.

López-Serrano, Dittmar, Özer & Müller 2019 (DAFx, "NMF Toolbox"); libnmfd is its Python version.
"""

from workbench.nmf.compat.libnmfd.convolutive import nmf_conv, nmfd
from workbench.nmf.compat.libnmfd.plain import Cost, nmf
from workbench.nmf.compat.libnmfd.starts import decaying, drum_activations, pitched_activations, pitched_templates
from workbench.nmf.compat.libnmfd.wiener import alpha_wiener

__all__ = [
    "Cost",
    "alpha_wiener",
    "decaying",
    "drum_activations",
    "nmf",
    "nmf_conv",
    "nmfd",
    "pitched_activations",
    "pitched_templates",
]
