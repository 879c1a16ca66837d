"""Options that come from the fields of a dataclass."""

import argparse
from dataclasses import dataclass, field

import pytest

from workbench.commands.arguments import add_fields, fields_from


@dataclass(frozen=True)
class Kind:
    on: bool = field(default=True, metadata={"help": "turn it off", "flag": "--no-on"})
    after_all: bool = field(default=False, metadata={"help": "turn it on"})
    name: str = field(default="a", metadata={"help": "its name", "choices": ("a", "b")})
    rate: int | None = field(default=None, metadata={"help": "its rate", "type": int})


def read(*arguments):
    parser = argparse.ArgumentParser()
    add_fields(parser, Kind)
    return fields_from(parser.parse_args(arguments), Kind)


def test_without_options_it_is_as_it_is_by_itself():
    assert read() == Kind()


def test_each_field_has_an_option():
    asked = read("--no-on", "--after-all", "--name", "b", "--rate", "48000")
    assert asked == Kind(on=False, after_all=True, name="b", rate=48000)


@pytest.mark.parametrize("wrong", [("--name", "c"), ("--rate", "fast"), ("--on",)])
def test_what_is_none_of_it_is_refused(wrong, capsys):
    with pytest.raises(SystemExit):
        read(*wrong)
    assert capsys.readouterr().err
