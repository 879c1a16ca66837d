"""The benchmarks are not run by the tests, but they can be."""

import importlib
import pkgutil

import pytest

from tests import benchmarks
from tests.benchmarks import __main__ as command

MODULES = [each.name for each in pkgutil.iter_modules(benchmarks.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_what_a_benchmark_needs_of_the_program_is_there(name):
    assert importlib.import_module(f"tests.benchmarks.{name}").__doc__


def test_every_name_measures_something():
    assert command.BENCHMARKS and all(callable(measure) for measure in command.BENCHMARKS.values())
