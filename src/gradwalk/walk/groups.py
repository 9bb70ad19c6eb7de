"""The groups of a walk's graph: layers and modules, else functions, else turns of a loop; and which of them are open.

A group holds results that were made one right after the other, so that drawing it as one box never closes a cycle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby, pairwise
from math import ceil, sqrt

from gradwalk.walk.model import Node

LIMIT = 300  # boxes on one picture; above it, groups are drawn as one box each
CROWD = 48  # children of one group; above it, they are bundled when the picture is full

Position = tuple[str, int, int, int, int]


@dataclass(eq=False)
class Group:
    """Part of the graph, drawn as a pale area (open) or as one box (closed). Children are node ids and groups."""

    id: str
    label: str
    kind: str  # "walk", "module", "function", "turn" or "bundle"
    children: list[Group | int] = field(default_factory=list)
    parent: Group | None = None
    open: bool = True

    def groups(self) -> list[Group]:
        """The groups directly inside."""
        return [child for child in self.children if isinstance(child, Group)]

    def members(self) -> Iterator[int]:
        """The ids of all nodes inside, at any depth."""
        for child in self.children:
            yield from child.members() if isinstance(child, Group) else (child,)

    def ancestors(self) -> list[Group]:
        """From the outermost group to this one."""
        found = [self]
        while found[-1].parent is not None:
            found.append(found[-1].parent)
        return found[::-1]


def grouped(nodes: Sequence[Node], open: Collection[str] = ()) -> Group:
    """The tree of groups of one forward pass, opened as far as one picture can hold, and where ``open`` asks for it."""
    results = [node for node in nodes if not node.is_leaf]
    root = _unwrapped(Group("", "", "walk", _Code(nodes).by_module(results, 0, "")))
    crowded = len(nodes) > LIMIT
    if crowded:
        _bundle(root, {node.id: node for node in nodes})
    _adopt(root)
    _take_in_leaves(root, nodes)
    if crowded:
        _bundle_leaves(root, {node.id: node for node in nodes})
        _adopt(root)
        _close(root, open)
    return root


def _unwrapped(root: Group) -> Group:
    """A single group around everything says nothing: leave it out."""
    while len(root.children) == 1 and isinstance(root.children[0], Group):
        root.children = root.children[0].children
    return root


# --- by module, function and turn ------------------------------------------------------------------------------------


def _runs(nodes: Sequence[Node], key: Callable[[Node], Hashable]) -> Iterator[tuple[Hashable, list[Node]]]:
    return ((value, list(run)) for value, run in groupby(nodes, key))


class _Code:
    """Groups by the code that made the nodes; ``callers`` are functions that call the others, and are no groups."""

    def __init__(self, nodes: Sequence[Node]):
        self.callers = _callers(nodes) | _suppliers(nodes) | _visitors(nodes)

    def by_module(self, nodes: Sequence[Node], depth: int, path: str) -> list[Group | int]:
        """Nodes by the module they were made in; those outside any, by function."""
        children: list[Group | int] = []
        for key, run in _runs(
            nodes, lambda node: (node.scope[depth], _call(node, depth)) if len(node.scope) > depth else None
        ):
            if isinstance(key, tuple):
                own = f"{path}{key[0]}#{run[0].id}"
                group = Group(own, str(key[0]), "module", self.by_module(run, depth + 1, own + "/"))
                only = group.children[0]
                if len(group.children) == 1 and isinstance(only, Group) and only.kind == "function":
                    group.children = only.children  # a frame within a frame says nothing
                children.append(group)
            else:
                children += self._by_function(run, path)
        return children

    def _by_function(self, nodes: Sequence[Node], path: str) -> list[Group | int]:
        """Nodes by the function whose line made them."""
        children: list[Group | int] = []
        for name, run in _runs(nodes, lambda node: "" if _function(node) in self.callers else _function(node)):
            own = f"{path}{name}#{run[0].id}"
            inside = _by_turn(run, own + "/" if name else path, str(name))
            whole = all(isinstance(child, Group) for child in inside)  # nothing but calls of this function
            children += inside if not name or whole or len(run) < 2 else [Group(own, str(name), "function", inside)]
        return children


def _call(node: Node, depth: int) -> int:
    return node.calls[depth] if depth < len(node.calls) else 0


def _function(node: Node) -> str:
    name = node.span.function if node.span else ""
    return "" if name.startswith("<") else name  # <listcomp> and the like belong to the code around them


def _callers(nodes: Sequence[Node]) -> set[str]:
    """Functions that were at work before and after another."""
    reach: dict[str, tuple[int, int]] = {}
    for node in (node for node in nodes if not node.is_leaf):
        name = _function(node)
        reach[name] = (reach.get(name, (node.id, 0))[0], node.id)
    return {
        a for a, (first, last) in reach.items() if any(first < start and end < last for start, end in reach.values())
    }


def _suppliers(nodes: Sequence[Node]) -> set[str]:
    """Functions that made leaves for another to use."""
    made = {node.id: _function(node) for node in nodes if node.is_leaf and node.span}
    return {made[i] for node in nodes for i in node.inputs if made.get(i, _function(node)) != _function(node)}


def _visitors(nodes: Sequence[Node]) -> set[str]:
    """Functions at work in several modules."""
    seen: dict[str, set[Hashable]] = {}
    for node in (node for node in nodes if not node.is_leaf):
        seen.setdefault(_function(node), set()).add((node.scope, node.calls))
    return {name for name, scopes in seen.items() if len(scopes) > 1}


def _position(node: Node) -> Position:
    """Where in the source: Python evaluates an expression in the order of its ends, the inner before the outer."""
    span = node.span
    return (span.file, span.end_line, span.end_column, -span.line, -span.column) if span else ("", 0, 0, 0, 0)


def _by_turn(nodes: Sequence[Node], path: str, name: str) -> list[Group | int]:
    """Nodes by the turn of a loop (or the call of a function): each time that execution goes back in the source."""
    positions = [_position(node) for node in nodes]
    end = _end_of_loop(positions)
    pieces = _pieces(positions[:end])
    if len(pieces) < 2:
        return [node.id for node in nodes]
    start = sum(1 for _ in _before(positions[pieces[0][0] : pieces[0][1]], min(positions[pieces[0][1] : end])))
    pieces[0] = (start, pieces[0][1])
    word = name if name and start == 0 and end == len(nodes) else "turn"
    children: list[Group | int] = [node.id for node in nodes[:start]]
    for number, (first, last) in enumerate(pieces, 1):
        ids = [node.id for node in nodes[first:last]]
        own: list[Group | int] = (
            [Group(f"{path}{word}#{ids[0]}", f"{word} {number}", "turn", list(ids))] if len(ids) > 1 else list(ids)
        )
        children += own
    return children + [node.id for node in nodes[end:]]


def _end_of_loop(positions: Sequence[Position]) -> int:
    """Where straight code begins after the last loop: from there on, each position is further than all before."""
    furthest = list(accumulate(positions, max))
    end = len(positions)
    while end > 1 and positions[end - 1] > furthest[end - 2]:
        end -= 1
    return end if end > 1 else 0


def _pieces(positions: Sequence[Position]) -> list[tuple[int, int]]:
    """Cut after each pass through the furthest position: (start, end) of each turn."""
    if not positions:
        return []
    furthest = max(positions)
    cuts = [i + 1 for i, here in enumerate(positions) if here == furthest and positions[i + 1 : i + 2] != [furthest]]
    bounds = [0, *cuts] if cuts[-1] == len(positions) else [0, *cuts, len(positions)]
    return list(pairwise(bounds))


def _before(positions: Sequence[Position], first: Position) -> Iterator[Position]:
    for position in positions:
        if position >= first:
            return
        yield position


# --- crowds ----------------------------------------------------------------------------------------------------------


def _bundle(group: Group, nodes: dict[int, Node]) -> None:
    """Bundle the children of crowded groups, so that opening one never fills the picture."""
    for child in group.groups():
        _bundle(child, nodes)
    if len(group.children) <= CROWD:
        return
    size = ceil(sqrt(len(group.children)))
    parts = [group.children[i : i + size] for i in range(0, len(group.children), size)]
    group.children = [Group(f"{group.id}/{_first(part)}+", _span_of(part, nodes), "bundle", part) for part in parts]


def _first(part: Sequence[Group | int]) -> int:
    return next(part[0].members()) if isinstance(part[0], Group) else part[0]


def _span_of(part: Sequence[Group | int], nodes: dict[int, Node]) -> str:
    """What a bundle is called: its turns, else its source lines, else its first and last node."""
    first, last = part[0], part[-1]
    if isinstance(first, Group) and isinstance(last, Group):
        return f"{first.label} – {last.label.rpartition(' ')[2]}"
    ids = [i for child in (first, last) for i in (child.members() if isinstance(child, Group) else (child,))]
    lines = sorted({span.line for i in ids if (span := nodes[i].span)})
    if len(lines) == 1:
        return f"line {lines[0]}"
    return f"lines {lines[0]}–{lines[-1]}" if lines else f"{nodes[ids[0]].name} – {nodes[ids[-1]].name}"


def _adopt(group: Group) -> None:
    for child in group.groups():
        child.parent = group
        _adopt(child)


# --- leaves ----------------------------------------------------------------------------------------------------------


def _take_in_leaves(root: Group, nodes: Sequence[Node]) -> None:
    """Put each leaf into the innermost group that holds all its consumers, right before the first of them.

    Data that a module is given is no part of it, as its parameters are.
    """
    home = dict(_homes(root))
    roles = {node.id: node.role for node in nodes}
    consumers: dict[int, list[int]] = {node.id: [] for node in nodes if node.is_leaf}
    for node in nodes:
        for i in node.inputs:
            if i in consumers:
                consumers[i].append(node.id)
    taken: dict[int, list[tuple[int, int]]] = {}
    where: dict[int, Group] = {}
    for leaf, used in consumers.items():
        group = _common(home, used) if used else root
        if roles[leaf] == "input":
            group = next((outer.parent or root for outer in group.ancestors() if outer.kind == "module"), group)
        where[id(group)] = group
        taken.setdefault(id(group), []).append((min(used, default=-1), leaf))
    for key, found in taken.items():
        _insert(where[key], found)


def _homes(group: Group) -> Iterator[tuple[int, Group]]:
    for child in group.children:
        if isinstance(child, Group):
            yield from _homes(child)
        else:
            yield child, group


def _common(home: dict[int, Group], used: Sequence[int]) -> Group:
    homes = list({id(home[i]): home[i] for i in used}.values())
    shared = homes[0].ancestors()
    for group in homes[1:]:
        shared = [a for a, b in zip(shared, group.ancestors(), strict=False) if a is b]
    return shared[-1]


def _insert(group: Group, leaves: Sequence[tuple[int, int]]) -> None:
    """Merge leaves into the children of a group; results stand in the order of their ids."""
    last = {id(child): max(child.members()) for child in group.groups()}
    waiting = sorted(leaves, reverse=True)
    children: list[Group | int] = []
    for child in group.children:
        end = last[id(child)] if isinstance(child, Group) else child
        while waiting and waiting[-1][0] <= end:
            children.append(waiting.pop()[1])
        children.append(child)
    group.children = children + [leaf for _, leaf in reversed(waiting)]


def _bundle_leaves(group: Group, nodes: dict[int, Node]) -> None:
    """Bundle long runs of leaves before one consumer."""
    children: list[Group | int] = []
    for is_leaf, run in groupby(group.children, lambda child: isinstance(child, int) and nodes[child].is_leaf):
        part = list(run)
        first, last = part[0], part[-1]
        if is_leaf and isinstance(first, int) and isinstance(last, int) and len(part) > CROWD:
            name = f"{nodes[first].name} – {nodes[last].name}"
            children.append(Group(f"{group.id}/{first}+", name, "bundle", part))
        else:
            children += part
    group.children = children
    for child in group.groups():
        if child.kind != "bundle" or child.groups() or not nodes[next(child.members())].is_leaf:
            _bundle_leaves(child, nodes)


# --- open and closed -------------------------------------------------------------------------------------------------


def _close(root: Group, wanted: Collection[str]) -> None:
    """Close what one picture can't hold: levels are opened from the outside in, each as a whole or not at all."""
    everything = list(_all(root))
    for group in everything:
        group.open = False
    root.open = True
    for group in everything:
        if group.id in wanted or group.label in wanted:
            for outer in group.ancestors():
                outer.open = True
    _open_levels(root)


def _open_levels(root: Group) -> None:
    shown = _shown(root)
    level = root.groups()
    while level:
        closed = [group for group in level if not group.open]
        shown += sum(len(group.children) - 1 for group in closed)
        if shown > LIMIT:
            return
        for group in closed:
            group.open = True
        level = [inner for group in level for inner in group.groups()]


def _shown(group: Group) -> int:
    return sum(_shown(child) if isinstance(child, Group) and child.open else 1 for child in group.children)


def _all(group: Group) -> Iterator[Group]:
    for child in group.groups():
        yield child
        yield from _all(child)
