"""A simulated printer on TCP for the tests of printing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from devices.simulated.printer import SimulatedPrinter
from tests.support.shop import Shop


@pytest.fixture
def paper() -> Iterator[SimulatedPrinter]:
    """Listening; stopped afterwards."""
    printer = SimulatedPrinter().start()
    yield printer
    printer.stop()


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    made.devices.start(made.screen)
    yield made
    made.close()
