"""Two walks side by side."""

import gradwalk as gw


def test_the_first_difference_and_what_followed(house):
    found = house.compare(house.replay(w1=0.6))
    assert found.differences[0].name == "w1"
    assert {d.name for d in found.differences if d.kind == "value"} == {
        "w1",
        "z1",
        "h",
        "y_pred",
        "y − y_pred",
        "v8",
        "L",
    }
    assert {d.name for d in found.differences if d.kind == "gradient"} >= {"∂L/∂w1", "∂L/∂w2"}
    assert "the first value that differs is w1; 6 more values followed" in str(found)


def test_the_same_walk_is_the_same(house):
    assert house.compare(house.replay()).same
    assert "same in every value and gradient" in str(house.compare(house))


def test_another_op_is_named():
    def model(activation):
        w = gw.tensor(-0.5, requires_grad=True)
        h = activation(w * 2)
        return gw.walk(h * h, name="L")

    found = model(gw.relu).compare(model(lambda z: gw.leaky_relu(z, 0.1)))
    assert "h is computed by relu before and by leaky_relu after" in found.sentence
