"""Every reason that is given has a sentence, and every sentence is used and says what is given."""

from __future__ import annotations

import ast
import re
from string import Formatter

import pytest

from tests.test_rooms import TREES
from workbench.errors import UserError
from workbench.wording import SENTENCES, sentence

ROOMS = "|".join(sorted({code.split(".")[0] for code in SENTENCES}))
CODE = re.compile(rf"({ROOMS})\.(?!(?:png|json|npy|wav)$)[a-z_]+")
KEYS = re.compile(
    r"\b(Ctrl|Shift|Alt|Esc|Return|Enter|Backspace|Delete|F\d+|press\w*|click\w*|button|key|keys)\b", re.I
)


def reasons() -> set[str]:
    """UserError and the names of all classes made of it."""
    found = {"UserError"}
    classes = [node for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    while more := {c.name for c in classes if found & {getattr(base, "id", "") for base in c.bases}} - found:
        found |= more
    return found


def calls() -> list[tuple[str, ast.Call]]:
    """Where reasons are made, and how."""
    names = reasons()
    return [
        (f"{module}:{node.lineno}", node)
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names
    ]


def codes() -> set[str]:
    """Whatever looks like a code, and is no name of a file, outside of the list of sentences."""
    return {
        node.value
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if module
        not in (
            "workbench.wording",
            "workbench.api_wording",
            "workbench.exchange_wording",
            "workbench.separation_wording",
        )
        and isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.fullmatch(node.value)
    }


def places(code: str) -> set[str]:
    """What a sentence names."""
    return {name for _, name, _, _ in Formatter().parse(SENTENCES[code]) if name}


def test_every_code_has_a_sentence_and_every_sentence_is_used():
    assert codes() == set(SENTENCES)


@pytest.mark.parametrize(("where", "call"), calls(), ids=lambda each: each if isinstance(each, str) else "")
def test_a_sentence_gets_what_it_names(where, call):
    given = {keyword.arg for keyword in call.keywords}
    (code,) = call.args
    if isinstance(code, ast.Constant):
        assert given == places(code.value)
    else:
        # The code is handed on from elsewhere: its sentence can name nothing.
        assert not given


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_names_no_key_and_no_button(code):
    assert not KEYS.search(SENTENCES[code])
    text = sentence(UserError(code, **dict.fromkeys(places(code), 0.0)))
    assert "{" not in text and text != code and (text[-1] in ".”" or text == "0.0" or text.endswith(": 0.0"))


def test_a_code_without_a_sentence_is_shown_as_it_is():
    assert sentence(UserError("no.such")) == "no.such"
    assert sentence(OSError("full")) == "Full."
