"""A spectrogram workbench for source separation by nonnegative matrix factorisation."""

from pathlib import Path

__version__ = "0.1.0"


def resource(name: str) -> Path:
    """Path of a file in ``resources/``, in a checkout or in an installed package."""
    package = Path(__file__).parent
    installed = package / "resources" / name
    return installed if installed.exists() else package.parent / "resources" / name
