"""Multiplications: by path, in forward mode, in reverse mode."""

import gradwalk as gw


def chain(layers, squish=False):
    a = gw.tensor(1.0)
    weights = [gw.tensor(0.9, requires_grad=True, name=f"w{i}") for i in range(layers)]
    for w in weights:
        a = gw.sigmoid(w * a) if squish else w * a
    return gw.walk((a - 2.0) ** 2)


def test_the_linear_chain_of_three():
    cost = chain(3).cost()
    # paths of 3, 4 and 5 factors (the difference from the target is a factor of its own)
    assert (cost.paths, cost.path_by_path) == (3, 2 + 3 + 4)
    assert cost.reverse_mode == 6
    assert cost.forward_mode == 9
    assert dict(cost.shared)["∂L/∂(a − 2.0)" if "∂L/∂(a − 2.0)" in dict(cost.shared) else cost.shared[0][0]] == 3


def test_a_squish_adds_one_factor_per_layer():
    plain, squished = chain(4).cost(), chain(4, squish=True).cost()
    assert squished.path_by_path - plain.path_by_path == 1 + 2 + 3 + 4


def test_path_by_path_grows_with_the_square_and_reverse_mode_does_not():
    costs = {n: chain(n).cost() for n in (10, 20, 40, 100)}
    assert costs[20].path_by_path / costs[10].path_by_path > 3
    assert costs[40].reverse_mode / costs[20].reverse_mode < 2.1
    assert costs[100].path_by_path == sum(k + 1 for k in range(1, 101))


def test_doubling_paths_are_counted_exactly():
    x = gw.tensor(1.0, requires_grad=True)
    v = x
    for _ in range(64):
        v = v + v
    cost = gw.walk(v).cost()
    assert cost.paths == 2**64
    assert cost.path_by_path == 63 * 2**64
    assert cost.reverse_mode == 2 * 63


def test_tensors_count_entry_by_entry(network):
    cost = network.cost()
    # W1: 3·4 entries × 5 examples × 2 outputs; b1: 4 × 5 × 2; W2: 4·2 × 5
    assert cost.paths == 12 * 5 * 2 + 4 * 5 * 2 + 8 * 5
    assert cost.leaves == 12 + 4 + 8
    assert cost.reverse_mode < cost.path_by_path < cost.forward_mode
    assert not cost.estimated
    assert "one pass for all: backpropagation" in str(cost)


def test_what_backward_keeps(house):
    # mul keeps x, w2 and h; relu keeps z1; the square keeps y − y_pred; 0.5 · v keeps 0.5
    assert house.cost().saved_entries == 6
