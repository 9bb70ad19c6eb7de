"""Walks of modules: every result is in its module, every parameter called by its place, every line the user's own."""

import numpy as np
import pytest

import gradwalk as gw
import gradwalk.nn as nn
import gradwalk.nn.functional as F
from gradwalk.walk.groups import grouped

X = gw.tensor(np.random.default_rng(0).standard_normal((4, 2)))


class Block(nn.Module):
    """A layer with a shortcut around it."""

    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, width)
        self.register_buffer("scale", gw.tensor(0.5))

    def forward(self, x):
        h = F.relu(self.fc(x))
        return x + h * self.scale


class Net(nn.Module):
    """Layers of all sorts: in a row, in a list, alone."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Linear(2, 3), nn.Tanh())
        self.blocks = nn.ModuleList([Block(3), Block(3)])
        self.last = nn.Linear(3, 1, bias=False)

    def forward(self, x):
        h = self.first(x)
        for block in self.blocks:
            h = block(h)
        return self.last(h)


@pytest.fixture
def walk():
    """The walk of a network in a user's variable."""
    gw.manual_seed(0)
    net, criterion = Net(), nn.MSELoss()
    p = net(X)
    loss = criterion(p, gw.zeros(4, 1))
    return gw.walk(loss)


def test_results_are_in_their_modules(walk):
    scopes = [node.scope for node in walk.nodes if node.op]
    assert list(dict.fromkeys(scopes)) == [
        ("net", "first", "0"),
        ("net", "first", "1"),
        ("net", "blocks.0", "fc"),
        ("net", "blocks.0"),
        ("net", "blocks.1", "fc"),
        ("net", "blocks.1"),
        ("net", "last"),
        ("criterion",),
    ]
    groups = grouped(walk.nodes)
    assert [group.label for group in groups.groups()] == ["net", "criterion"]
    assert [group.label for group in groups.groups()[0].groups()] == ["first", "blocks.0", "blocks.1", "last"]


def test_parameters_and_buffers_are_called_by_their_place(walk):
    leaves = {node.name: node.role for node in walk.nodes if node.op is None and "." in node.name}
    assert leaves["net.blocks.1.fc.weight"] == "parameter"
    assert leaves["net.blocks.1.scale"] == "constant"
    net = Net()
    assert {name for name, role in leaves.items() if role == "parameter"} == {
        f"net.{name}" for name, _ in net.named_parameters()
    }


def test_every_position_is_in_the_users_file(walk):
    source = {node.name: node.span for node in walk.nodes}
    assert {span.file.rsplit("/")[-1] for span in source.values() if span} == {"test_modules.py"}
    assert walk.node("p").span.function == "forward"
    (text,) = walk.source.values()
    inside = next(node for node in walk.nodes if node.scope == ("net", "blocks.1", "fc"))
    assert text.splitlines()[inside.span.line - 1].strip() == "h = F.relu(self.fc(x))"


def test_it_is_checked_replayed_saved_and_explained(walk, tmp_path):
    assert walk.check().ok
    assert walk.compare(walk.replay()).same
    gw.save(walk, tmp_path / "walk.json")
    assert gw.load(tmp_path / "walk.json").compare(walk).same
    assert "net.blocks.0.fc.weight[0, 1]" in str(walk.why("net.blocks.0.fc.weight", (0, 1)))


def test_two_calls_of_one_layer_are_two_groups():
    net = nn.Linear(2, 2)
    loss = net(net(X)).sum()
    calls = [node.calls for node in gw.walk(loss).nodes if node.scope]
    assert len(set(calls)) == 2


def test_a_loops_variable_renames_nothing():
    net = nn.Sequential(nn.Linear(2, 2), nn.Tanh())
    for layer in net:
        weight = next(layer.parameters(), None)
    loss = net(X).sum()
    walk = gw.walk(loss)
    assert weight is None
    assert [node.name for node in walk.nodes if node.role == "parameter"] == ["net.0.weight", "net.0.bias"]
    assert [node.scope for node in walk.nodes if node.op == "tanh"] == [("net", "1")]


def test_layers_in_variables_of_their_own_keep_those_names():
    hidden = nn.Linear(2, 2)
    net = nn.Sequential(hidden, nn.Tanh())
    loss = net(X).sum()
    walk = gw.walk(loss)
    assert [node.name for node in walk.nodes if node.role == "parameter"] == ["hidden.weight", "hidden.bias"]
    assert walk.nodes[-2].scope == ("net", "1")


class Trainer:
    """Holds a network in an attribute."""

    def __init__(self):
        self.model = nn.Sequential(nn.Linear(2, 1))

    def step(self):
        return gw.walk(self.model(X).sum())


def test_a_network_in_an_attribute():
    walk = Trainer().step()
    assert [node.name for node in walk.nodes if node.role == "parameter"] == ["model.0.weight", "model.0.bias"]


def test_a_network_that_no_variable_holds_goes_by_its_class():
    loss = Net()(X).sum()
    walk = gw.walk(loss)
    assert walk.nodes[-2].scope == ("Net", "last")
    assert [node.name for node in walk.nodes if node.role == "parameter"] == [
        name for name, _ in Net().named_parameters()
    ]


def test_a_module_can_be_walked_as_a_function():
    class Loss(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(2, 1)

        def forward(self, inputs, target):
            return F.mse_loss(self.fc(inputs), target)

    net = Loss()
    walk = gw.walk(net, X, gw.zeros(4, 1))
    leaves = {node.name for node in walk.nodes if node.op is None}
    assert leaves == {"net.fc.weight", "net.fc.bias", "inputs", "target"}
    assert walk.title == "net"


def test_a_frozen_parameter_is_a_constant():
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    net[0].requires_grad_(False)
    h = net(X.clone().requires_grad_())
    walk = gw.walk(h.sum())
    assert walk.node("net.0.weight").role == "constant"
    assert walk.node("net.1.weight").role == "parameter"


def test_a_users_version_of_a_layer_never_points_into_gradwalk():
    class Louder(nn.Tanh):
        def forward(self, x):
            return super().forward(x) * 2

    net = nn.Sequential(nn.Linear(2, 2), Louder())
    loss = net(X).sum()
    walk = gw.walk(loss)
    places = {node.op: node.span for node in walk.nodes}
    assert places["mul"].function == "forward"
    assert places["tanh"] is None  # made in gradwalk's own lines, for a line that nobody noted


def test_a_convolutional_network():
    gw.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2), nn.Flatten(),
        nn.Linear(8, 3),
    )  # fmt: skip
    images = gw.randn(2, 1, 4, 4, requires_grad=True)
    loss = nn.CrossEntropyLoss()(net(images), gw.tensor([0, 2]))
    walk = gw.walk(loss)
    report = walk.check()
    assert report.ok
    assert report.references == ("differences", "PyTorch")
    assert walk.compare(walk.replay()).same
    scopes = list(dict.fromkeys(node.scope for node in walk.nodes if node.op))
    assert scopes == [("net", str(i)) for i in range(7)] + [("CrossEntropyLoss",)]
