"""A spectrogram workbench for source separation by nonnegative matrix factorisation.

``from workbench import Project`` is the Python API (`workbench.api`). It is imported when it is asked for, so that
``import workbench`` stays light.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

__version__ = "0.1.0"
_API = ("Cancelled", "Project", "WorkbenchError")


def __getattr__(name: str) -> Any:
    if name in _API:
        return getattr(import_module("workbench.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_API})


def resource(name: str) -> Path:
    """Path of a file in ``resources/``, in a checkout or in an installed package."""
    package = Path(__file__).parent
    installed = package / "resources" / name
    return installed if installed.exists() else package.parent / "resources" / name
