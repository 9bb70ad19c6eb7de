"""Containers behave as PyTorch's: as lists and dictionaries of modules, printed alike."""

from collections import OrderedDict

import pytest
import torch

import gradwalk as gw


def row(library, kind="Sequential"):
    """Four modules in a row."""
    nn = library.nn
    modules = [nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 3), nn.Tanh()]
    return nn.Sequential(*modules) if kind == "Sequential" else nn.ModuleList(modules)


def deleted(container, place):
    """The container without a part."""
    del container[place]
    return container


def replaced(container, place, module):
    """The container with another module in one place."""
    container[place] = module
    return container


EDITS = {
    "as made": lambda c, nn: c,
    "an end": lambda c, nn: c.append(nn.Sigmoid()),
    "several": lambda c, nn: c.extend([nn.Sigmoid(), nn.Tanh()]),
    "before": lambda c, nn: (c.insert(1, nn.Sigmoid()), c)[1],
    "without one": lambda c, nn: deleted(c, 1),
    "without the last": lambda c, nn: deleted(c, -1),
    "without a part": lambda c, nn: deleted(c, slice(1, 3)),
    "replaced": lambda c, nn: replaced(c, -2, nn.Softplus()),
    "a part": lambda c, nn: c[1:3],
    "reversed": lambda c, nn: c[::-1],
    "popped": lambda c, nn: (c.pop(0), c)[1],
    "joined": lambda c, nn: c + type(c)(*([nn.Sigmoid()] if isinstance(c, nn.Sequential) else [[nn.Sigmoid()]])),
}


@pytest.mark.parametrize("kind", ["Sequential", "ModuleList"])
@pytest.mark.parametrize("edit", EDITS)
def test_lists_of_modules(kind, edit):
    own, theirs = (EDITS[edit](row(library, kind), library.nn) for library in (gw, torch))
    assert repr(own) == repr(theirs)
    assert list(own.state_dict()) == list(theirs.state_dict())
    assert len(own) == len(theirs)
    assert [type(m).__name__ for m in own] == [type(m).__name__ for m in theirs]


def test_one_of_them():
    own = row(gw)
    assert own[-1] is own[3] is list(own)[3]
    for place in (4, -5):
        with pytest.raises(IndexError, match="there are 4 modules"):
            own[place]
    assert not gw.nn.Sequential()
    assert not gw.nn.ModuleDict()


def test_names_of_their_own():
    made = [
        library.nn.Sequential(OrderedDict(first=library.nn.Linear(2, 2), bend=library.nn.ReLU()))
        for library in (gw, torch)
    ]
    assert repr(made[0]) == repr(made[1])
    assert repr(made[0][:1]) == repr(made[1][:1])
    assert list(made[0].state_dict()) == list(made[1].state_dict())
    assert made[0].bend is made[0][1]


def test_equal_modules_in_a_list_are_printed_once():
    def made(nn):
        block = lambda: nn.Sequential(nn.Linear(2, 2), nn.ReLU())  # noqa: E731
        return nn.ModuleList([block(), block(), block(), nn.Tanh(), nn.ModuleList(), nn.ModuleList([nn.Tanh()])])

    assert repr(made(gw.nn)) == repr(made(torch.nn))


def test_a_list_grows_in_place():
    own, theirs = row(gw, "ModuleList"), row(torch, "ModuleList")
    own += [gw.nn.Tanh()]
    theirs += [torch.nn.Tanh()]
    assert repr(own) == repr(theirs)


def test_modules_by_name():
    def made(library):
        nn = library.nn
        modules = nn.ModuleDict({"conv": nn.Conv1d(1, 2, 3), "bend": nn.ReLU()})
        modules["pool"] = nn.MaxPool1d(2)
        modules.update([("conv", nn.Linear(2, 2)), ("last", nn.Tanh())])
        modules.pop("bend")
        del modules["pool"]
        return modules

    own, theirs = made(gw), made(torch)
    assert repr(own) == repr(theirs)
    assert list(own) == list(own.keys()) == list(theirs.keys()) == ["conv", "last"]
    assert len(own) == 2
    assert "last" in own
    assert dict(own.items())["last"] is own["last"] is list(own.values())[1]
    own.clear()
    assert not len(own)


def test_lists_and_dictionaries_are_not_called():
    for container in (gw.nn.ModuleList(), gw.nn.ModuleDict()):
        with pytest.raises(NotImplementedError, match="forward"):
            container(gw.ones(2))


def test_what_is_no_module_is_refused():
    with pytest.raises(TypeError, match="cannot assign 'function' as module '1'"):
        gw.nn.Sequential(gw.nn.Linear(2, 2), gw.nn.functional.relu)
