"""Sentences for what core rooms raise: codes with values become words, in the language of whoever shows them."""

from __future__ import annotations

from collections.abc import Callable

from workbench.errors import UserError


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """Mark a text for translators, as lupdate looks for it; the text stays as it is."""
    return text


SENTENCES: dict[str, str] = {
    # -- spectral ------------------------------------------------------------------------------------
    #
    # -- masks ---------------------------------------------------------------------------------------
    #
    # -- audio ---------------------------------------------------------------------------------------
    #
    # -- separation ----------------------------------------------------------------------------------
    #
    # -- document ------------------------------------------------------------------------------------
    #
    # -- jobs and commands ---------------------------------------------------------------------------
    #
}
"""English sentences by the codes of UserError, with places for its values. None names a key or a button."""


def sentence(error: BaseException, translate: Callable[[str, str], str] = lambda context, text: text) -> str:
    """What to tell the user about an error.

    Parameters
    ----------
    error : BaseException
        A UserError, or any other error, whose own text is all there is.
    translate : callable
        From a context and an English text to the user's language, as `QCoreApplication.translate`.
    """
    if not isinstance(error, UserError) or error.code not in SENTENCES:
        return str(error)
    return translate("Errors", SENTENCES[error.code]).format(**error.values)
