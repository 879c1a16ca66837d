"""Damage to what a project says of marks and sources gets one sentence."""

import pytest

from tests.document.rewriting import rewritten
from tests.document.test_project import marked
from workbench.document.project import ProjectError, load_project
from workbench.wording import sentence

__all__ = ["marked"]


def first_mark(document):
    return document["tables"]["marks"][0]


def last_said(document):
    return document["tables"]["mark_lists"][-1]


def held_sources(document):
    return next(model for model in document["tables"]["models"] if model["kind"] == "sources")


@pytest.mark.parametrize(
    "change",
    [
        lambda d, m: d["tables"].pop("marks"),
        lambda d, m: d["tables"].update(marks=[]),
        lambda d, m: first_mark(d).update(weight=1.5),
        lambda d, m: first_mark(d).update(weight=float("nan")),
        lambda d, m: first_mark(d).update(weight="much"),
        lambda d, m: held_sources(d)["words"][0].update(weight="inf"),
        lambda d, m: held_sources(d).update(model=d["tables"]["models"].index(held_sources(d))),
        lambda d, m: first_mark(d).update(place=99),
        lambda d, m: first_mark(d).update(place=None),
        lambda d, m: first_mark(d).update(place={"paths": []}),
        lambda d, m: first_mark(d).pop("source"),
        lambda d, m: first_mark(d).update(id=float("inf")),
        lambda d, m: d["tables"]["stacks"][-1].update(marks="all"),
        lambda d, m: last_said(d).update(first=99),
        lambda d, m: last_said(d).update(last=-1),
        lambda d, m: last_said(d).update(like=len(d["tables"]["mark_lists"])),
        lambda d, m: last_said(d).update(items=[99]),
        lambda d, m: d["tables"]["stacks"][-1].pop("edits"),
        lambda d, m: m.pop(next(name for name in m if name.endswith("_shares.npy"))),
        lambda d, m: m.update({next(n for n in m if n.endswith("_shares.npy")): m["model0_H.npy"]}),
    ],
)
def test_damaged_marks_get_one_sentence(marked, change):
    rewritten(marked[0], change)
    with pytest.raises(ProjectError) as raised:
        load_project(marked[0])
    assert raised.value.code.startswith("document.damaged") and "“work.workbench”" in sentence(raised.value)
