"""The networks and functions to pick from: each a formula or a short program, with its values."""

from __future__ import annotations

from gradwalk.studio.protocol import ExampleInfo

CHAIN = "a1 = w1 * a0\na2 = w2 * a1\na3 = w3 * a2\nC = (a3 - y)**2"
SQUISHED = "a1 = sigmoid(w1 * a0)\na2 = sigmoid(w2 * a1)\na3 = sigmoid(w3 * a2)\nC = (a3 - y)**2"
WEIGHTS = {"w1": 2.0, "a0": 1.0, "w2": 3.0, "w3": 0.5, "y": 2.0}

EXAMPLES: tuple[ExampleInfo, ...] = (
    ExampleInfo(
        "house",
        "House price: one ReLU unit, two weights",
        "z1 = w1 * x\nh = relu(z1)\nŷ = w2 * h\nL = 0.5 * (y - ŷ)**2",
        {"w1": 0.5, "x": 2.0, "w2": 1.0, "y": 3.0},
        ["w1", "w2"],
    ),
    ExampleInfo(
        "bedrooms",
        "House price with a second input",
        "z1 = w1 * size + w3 * bedrooms\nh = relu(z1)\nŷ = w2 * h\nL = 0.5 * (y - ŷ)**2",
        {"w1": 0.5, "size": 2.0, "w3": 0.3, "bedrooms": 3.0, "w2": 1.0, "y": 3.0},
        ["w1", "w2", "w3"],
    ),
    ExampleInfo(
        "neuron",
        "One neuron with a sigmoid",
        "z = w * x + b\nŷ = sigmoid(z)\nL = (y - ŷ)**2",
        {"w": 0.5, "x": 2.0, "b": 0.1, "y": 1.0},
        ["w", "b"],
    ),
    ExampleInfo("square", "A square of a line: (2x + 1)²", "u = 2*x + 1\ny = u**2", {"x": 1.0}, ["x"]),
    ExampleInfo("nudge", "Another one: (3x + 1)²", "y = (3*x + 1)**2", {"x": 2.0}, ["x"]),
    ExampleInfo("bowl", "A bowl of two variables: x² + 2y²", "f = x**2 + 2*y**2", {"x": 0.5, "y": 0.3}, ["x", "y"]),
    ExampleInfo(
        "two-units",
        "Two sigmoid units in a row",
        "z1 = w1 * x + b1\na1 = sigmoid(z1)\nz2 = w2 * a1 + b2\na2 = sigmoid(z2)\nL = (a2 - y)**2",
        {"w1": 0.6, "x": 1.5, "b1": -0.2, "w2": -1.1, "b2": 0.4, "y": 1.0},
        ["w1", "b1", "w2", "b2"],
    ),
    ExampleInfo("chain", "A linear chain of three weights", CHAIN, WEIGHTS, ["w1", "w2", "w3"]),
    ExampleInfo("squished-chain", "The same chain with a squish after each weight", SQUISHED, WEIGHTS, ["w1", "w2", "w3"]),
    ExampleInfo("composition", "Three functions in a row: tanh(x²)²", "h = x**2\ng = tanh(h)\nf = g**2", {"x": 0.7}, ["x"]),
    ExampleInfo(
        "sum-in-sigmoid",
        "A neuron in one line",
        "L = (sigmoid(w * x + b) - y)**2",
        {"w": 0.5, "x": 0.8, "b": 0.2, "y": 1.0},
        ["w", "b"],
    ),
    ExampleInfo("diamond", "A diamond: two paths that meet again", "a = 2 * x\nb = a * a\nc = sin(a)\nL = b * c + b", {"x": 0.75}, ["x"]),
    ExampleInfo(
        "dead",
        "A dead ReLU",
        "z = w * x + b\nh = relu(z)\nŷ = v * h\nL = (y - ŷ)**2",
        {"w": 0.5, "x": 2.0, "b": -3.0, "v": 1.5, "y": 1.0},
        ["w", "b", "v"],
    ),
    ExampleInfo(
        "batch",
        "A network 2 → 4 → 1 on a batch of four",
        "h = tanh(X @ W1 + b1)\np = sigmoid(h @ W2 + b2)\nL = mean((p - Y)**2)",
        {
            "X": [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]],
            "W1": [[0.9, -0.7, 0.4, -0.3], [-0.6, 0.8, 0.5, -0.9]],
            "b1": [0.1, -0.1, 0.2, 0.0],
            "W2": [[1.1], [0.9], [-0.7], [0.5]],
            "b2": [-0.2],
            "Y": [[0.0], [1.0], [1.0], [0.0]],
        },
        ["W1", "b1", "W2", "b2"],
    ),
    ExampleInfo(
        "classes",
        "Three classes: softmax and cross-entropy",
        "z = x @ W + b\np = softmax(z, dim=0)\nL = -log(p[k])",
        {"x": [1.0, -0.5], "W": [[0.2, -0.4, 0.7], [0.5, 0.3, -0.6]], "b": [0.1, 0.0, -0.1], "k": 2},
        ["W", "b"],
    ),
    ExampleInfo(
        "line",
        "A line through four points",
        "L = mean((w * x + b - y)**2)",
        {"w": 0.5, "x": [0.0, 1.0, 2.0, 3.0], "b": 0.0, "y": [1.0, 2.9, 5.1, 7.0]},
        ["w", "b"],
    ),
)  # fmt: skip
