"""The Python API, for notebooks and scripts: `Project` does what the window does, without a window and without Qt.

`resources/docs/api.md` has every method in one line, and examples.
"""

from workbench.api.errors import WorkbenchError
from workbench.api.project import Project
from workbench.api.rows import Row
from workbench.progress import Cancelled

__all__ = ["Cancelled", "Project", "Row", "WorkbenchError"]
