"""What can be asked for: enumerations that files and command lines may write as text."""

from __future__ import annotations

import json
from dataclasses import asdict, fields

import pytest

from workbench.errors import UserError
from workbench.separation.presets import PRESETS, preset
from workbench.separation.reading import SETTINGS, form, name_and_value, preset_called, with_value
from workbench.separation.settings import METHODS, RANGES, Divergence, Method, RunSettings
from workbench.spectral.stft import Analysis
from workbench.wording import sentence


def written(settings: RunSettings, **values: str) -> RunSettings:
    for name, text in values.items():
        settings = with_value(settings, name, text, Analysis(512, 128), 8000)
    return settings


def test_settings_come_back_from_json_with_members_of_enumerations():
    settings = RunSettings(Method.MU, 3, Divergence.IS, compare=Method.SMOOTH, iterations=None)
    again = RunSettings(**json.loads(json.dumps(asdict(settings))))
    assert again == settings and again.method is Method.MU and again.compare is Method.SMOOTH
    older = RunSettings(**{**asdict(settings), "compare": ""})
    assert older.compare is None and RunSettings(method="hpss").method is Method.HPSS
    with pytest.raises(ValueError, match="sorcery"):
        RunSettings(method="sorcery")


def test_every_method_but_masks_from_stems_is_described_and_reads_known_settings():
    assert set(METHODS) == set(Method) - {Method.ORACLE}
    assert set().union(*(kind.uses for kind in METHODS.values())) <= set(SETTINGS)
    numbers = {each.name for each in fields(RunSettings) if type(each.default) in (int, float)}
    assert set(RANGES) == numbers
    for settings in (each.settings for each in PRESETS.values()):
        for name, (low, high) in RANGES.items():
            assert low <= getattr(settings, name) <= high


def test_presets_are_called_by_key_or_name_in_any_case():
    for key, name in ((key, each.name) for key, each in PRESETS.items()):
        assert preset_called(key) == preset_called(name.upper()) == preset_called(f" {name.lower()} ") == PRESETS[key]
    with pytest.raises(UserError) as raised:
        preset_called("polka")
    assert "“polka”" in sentence(raised.value) and "Drum loop" in sentence(raised.value)
    kept = preset("drums", RunSettings(seed=3, selection=(1, 2), drums="here"))
    assert (kept.seed, kept.selection, kept.drums) == (3, (1, 2), "here")


def test_every_setting_can_be_written():
    texts = {
        "method": "smooth",
        "divergence": "beta",
        "exponent": "one",
        "compare": "em",
        "templates": "drums",
        "activations": "uniform",
        "masks": "advanced",
        "selection": "0.5-0.75",
        "learnt_as": "Hum = noise",
        "drums": "/some/where",
        "events": "x.txt",
    }
    for name in SETTINGS:
        default = getattr(RunSettings(), name)
        if isinstance(default, bool):
            text, value = "yes", True
        elif name in RANGES:
            value = type(default)(RANGES[name][1])
            text = str(value)
        else:
            text = texts[name]
            value = (31, 47) if name == "selection" else text
        assert name_and_value(f" {name} = {text}") == (name, text)
        found = getattr(written(RunSettings(), **{name: text}), name)
        assert found == value and (default is None or type(found) is type(default)), name
        assert form(name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("method", "oracle"),
        ("compare", "hpss"),
        ("masks", "firm"),
        ("components", "0"),
        ("components", "2.5"),
        ("components", "201"),
        ("beta", "nan"),
        ("decay", "1"),
        ("hold_templates", "perhaps"),
        ("selection", "3-1.5"),
        ("selection", "soon"),
        ("selection", "1.2.3-4"),
        ("iterations", "none"),
    ],
)
def test_what_a_setting_can_not_be_is_said_with_what_it_can(name, text):
    with pytest.raises(UserError) as raised:
        written(RunSettings(), **{name: text})
    said = sentence(raised.value)
    assert name in said and f"“{text}”" in said and form(name) in said


def test_unknown_settings_are_told_with_those_that_there_are():
    with pytest.raises(UserError) as raised:
        name_and_value("sparsness=1")
    assert "“sparsness”" in sentence(raised.value) and all(name in sentence(raised.value) for name in SETTINGS)
    with pytest.raises(UserError, match=r"separation\.setting_form"):
        name_and_value("sparsity")
