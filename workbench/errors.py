"""What goes wrong by input or circumstance, as a code with values; `workbench.wording` has the sentences."""

from __future__ import annotations


class UserError(ValueError):
    """Something about the input, the disk or the moment that the user can mend.

    Parameters
    ----------
    code : str
        A key of `wording.SENTENCES`.
    **values : object
        What the sentence names; kept in `values`.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values
