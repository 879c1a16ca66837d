"""What a history tells of its changes, put together one after the other or several as one, is the history."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from workbench.document.history import History, HistoryChange
from workbench.document.journal.changes import Mirror
from workbench.document.state import State, fresh_state
from workbench.spectral.stft import Analysis

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["record", "merge", "undo", "redo", "jump", "amend", "withdraw", "tell"]), st.integers(0, 9)
    ),
    max_size=60,
)


def do(history: History, kind: str, number: int) -> None:
    state: State = replace(history.state, next_id=history.state.next_id + 1)
    match kind:
        case "record":
            history.record(str(number), state)
        case "merge":
            history.record("merged", state, f"{number % 2}")
        case "undo":
            history.undo()
        case "redo":
            history.redo()
        case "jump":
            history.go_to(number)
        case "amend":
            history.amend(state)
        case "withdraw":
            history.withdraw()


@given(ACTS, st.integers(0, 3))
def test_changes_make_up_the_history(acts, together):
    # So that the oldest steps go: each holds one byte.
    history = History(fresh_state(Analysis()), lambda run: 0, most_bytes=12)
    made = history._made
    history._made = lambda *told: replace(made(*told), edit_bytes=1)  # type: ignore[method-assign]
    mirror, waiting, written = Mirror(), [], []
    for kind, number in (*acts, ("tell", 0), ("tell", 1)):
        if kind != "tell":
            do(history, kind, number)
            continue
        waiting.append(history.changes())
        if len(waiting) > together or number:
            whole: HistoryChange = waiting[0]
            for each in waiting[1:]:
                whole = whole.then(each)
            waiting.clear()
            mirror.apply(whole)
            # A file that follows it, record by record.
            del written[: mirror.dropped]
            del written[mirror.kept :]
            written += mirror.steps[mirror.kept :]
            mirror.written()
            assert all(a is b for a, b in zip(mirror.steps, history.steps, strict=True))
            assert all(a is b for a, b in zip(written, history.steps, strict=True))
            assert mirror.present == history.present
    assert history.nbytes == len(history.steps) - 1
