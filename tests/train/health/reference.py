"""The same network in PyTorch, with the same weights."""

import torch

from gradwalk.train.health.settings import LEAK

ACTIVATIONS = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda x: torch.nn.functional.leaky_relu(x, LEAK),
    "elu": torch.nn.functional.elu,
    "gelu": torch.nn.functional.gelu,
    "identity": lambda x: x,
}


class Reference(torch.nn.Module):
    """Takes over the weights of a `DeepNetwork`, and keeps every value along the way with its gradient."""

    def __init__(self, network):
        super().__init__()
        self.settings = network.settings
        self.linears = torch.nn.ModuleList()
        for linear in network.linears:
            own = torch.nn.Linear(*reversed(linear.weight.shape), dtype=torch.float64)
            own.load_state_dict({"weight": torch.tensor(linear.weight.value), "bias": torch.tensor(linear.bias.value)})
            self.linears.append(own)
        self.norms = torch.nn.ModuleList(norm(self.settings) for _ in network.hidden)

    def forward(self, x):
        self.stations = []
        activation = ACTIVATIONS[self.settings.activation]
        for linear, norm in zip(self.linears[:-1], self.norms, strict=True):
            sums = linear(x)
            normalized = norm(sums)
            activated = activation(normalized)
            around = self.settings.residual and x.shape == activated.shape
            output = activated + x if around else activated
            self.stations.append((x, sums, normalized, output))
            x = output
        score = self.linears[-1](x)
        self.stations.append((x, score, score, score))
        return score

    def loss(self, inputs, targets):
        x = torch.tensor(inputs.value, requires_grad=True)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(self(x), torch.tensor(targets.value))
        for station in self.stations:
            for value in station:
                value.retain_grad()
        loss.backward()
        return loss.item()


def norm(settings):
    return (
        torch.nn.LayerNorm(settings.width, dtype=torch.float64)
        if settings.normalization == "layer"
        else torch.nn.Identity()
    )
