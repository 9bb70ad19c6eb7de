"""The walk of the examined network: the same numbers as in the report, and two of them compared."""

import numpy as np
import pytest

from gradwalk.train.health import HealthSettings, examine, network_walk, treated

SETTINGS = HealthSettings(depth=3, width=4, batch_size=8, steps=1)


@pytest.mark.parametrize("remedies", [[], ["relu", "residual"], ["normalization"]])
def test_the_walk_shows_the_reports_numbers(remedies):
    settings = treated(SETTINGS, remedies)
    report, walk = examine(settings), network_walk(settings)
    outputs = [walk_name(settings, number) for number in (1, 2, 3)] + ["ŷ"]
    assert walk.value("L") == pytest.approx(report.flow.loss, rel=1e-14)
    for number, (layer, name) in enumerate(zip(report.flow.layers, outputs, strict=True), 1):
        assert np.linalg.norm(walk.gradient(name)) == pytest.approx(layer.gradient, rel=1e-13)
        assert np.linalg.norm(walk.gradient(f"W{number}")) == pytest.approx(layer.weight_gradient, rel=1e-13)


def walk_name(settings, number):
    return f"a{number}" if settings.residual and number > 1 else f"h{number}"


def test_its_layers_are_groups_and_no_line_is_blamed():
    walk = network_walk(SETTINGS)
    assert {node.scope[0] for node in walk.nodes if node.name in ("z2", "h2")} == {"layer 2"}
    assert walk.source == {}
    assert all(node.span is None for node in walk.nodes)
    assert walk.check().ok


def test_before_and_after_part_at_the_remedy():
    found = network_walk(SETTINGS).compare(network_walk(treated(SETTINGS, ["relu"])))
    assert found.sentence.startswith("h1 is computed by sigmoid before and by relu after")
    assert {"h1", "z2", "h3", "∂L/∂W1", "∂L/∂z1"} <= {difference.name for difference in found.differences}
    assert "z1" not in {difference.name for difference in found.differences}
