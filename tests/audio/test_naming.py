"""How exported files are called."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.audio.naming import FIELDS, MIX, Kind, Label, Names, filled, safe_name, told_apart
from workbench.errors import UserError
from workbench.wording import sentence

VALUES = {"number": "03", "name": "Bass: low/high", "group": "", "recording": "song"}


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{number} {name}", "03 Bass_ low_high"),
        ("{recording}_{name}", "song_Bass_ low_high"),
        ("{group} - {name}", "Bass_ low_high"),
        ("{recording} ({group}) {number}", "song () 03"),
        ("plain", "plain"),
        ("{{{number}}}", "{03}"),
        ("a/b\\{number}", "a_b_03"),
        ("../{number}", "_03"),
        ("{group}", "Layer"),
        ("", "Layer"),
    ],
)
def test_fields_are_filled_in(template, name):
    assert filled(template, VALUES) == name


@pytest.mark.parametrize("field", ["nmae", "", "0", "name.upper", "name[0]", "name:>9", "name!r"])
def test_an_unknown_field_is_told_with_those_that_there_are(field):
    with pytest.raises(UserError, match=r"audio\.unknown_field") as caught:
        filled(f"{{{field}}}", VALUES)
    said = sentence(caught.value)
    assert f"no field {{{field}}}" in said and "{number}, {name}, {group}, {recording}" in said


@pytest.mark.parametrize("template", ["{name", "name}", "{", "{number} }"])
def test_a_brace_without_its_other_one_is_told(template):
    with pytest.raises(UserError, match=r"audio\.bad_template") as caught:
        filled(template, VALUES)
    assert template in sentence(caught.value) and "{name}" in sentence(caught.value)


@given(st.text(), st.text())
def test_any_name_becomes_one_that_every_system_takes(name, recording):
    got = filled("{name} {recording}", {"name": name, "recording": recording})
    assert got and len(got.encode()) <= 160 and got == got.strip(" .")
    assert not set(got) & set('/\\:*?"<>|\0\n\r\t\x7f')


@pytest.mark.parametrize("name", ["CON", "nul", "Com1", "aux.x", "LPT9"])
def test_names_of_devices_are_mended(name):
    assert filled("{name}", {"name": name}) == f"_{name}"
    assert safe_name(f"{name} 2") == f"{name} 2"


@given(st.lists(st.text("aAäÄbB ()12", min_size=1, max_size=4), max_size=12))
def test_names_that_are_equal_are_told_apart(names):
    got = told_apart(names)
    assert len({each.casefold() for each in got}) == len(names)
    assert all(new == old or new.startswith(f"{old} (") for new, old in zip(got, names, strict=True))
    # Who comes first keeps the name.
    assert not names or got[0] == names[0]


def test_letters_with_their_accents_apart_are_the_same_letters():
    assert told_apart(["Flöte", "Flo\u0308te", "FLÖTE"]) == ["Flöte", "Flo\u0308te (2)", "FLÖTE (3)"]


def test_every_field_says_what_it_is():
    label = Label(Kind.LAYER, "Snare", 7, 120, "Drums")
    template = "|".join(f"{{{field}}}" for field in FIELDS).replace("|", "~")
    got = Names(parts=template).stem(label, "song", 48000, "2024-05-01")
    assert got == "007~Snare~Drums~layer~song~2024-05-01~48000"
    assert Names().stem(label, "song", 48000, "") == "007 Snare"
    assert Names().stem(MIX, "song", 48000, "") == "song mix"
    assert Names(whole="{number} {group} {name}").stem(MIX, "song", 48000, "") == "mix"
    assert set(FIELDS) == {field for _, field, _, _ in string.Formatter().parse(template)}
