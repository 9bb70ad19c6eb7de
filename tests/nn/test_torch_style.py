"""A program as people write it for PyTorch runs with only its import changed, and prints the same numbers."""

import contextlib
import io
import re

PROGRAM = """
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import nn as same_nn
from torch.nn.utils import clip_grad_norm_, parameters_to_vector

torch.set_default_dtype(torch.float64)
device = torch.device("cpu")

class Residual(nn.Module):
    def __init__(self, width, dropout=0.0):
        super(Residual, self).__init__()
        self.norm = nn.LayerNorm(width)
        self.fc = nn.Linear(width, width)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        return x + self.drop(F.gelu(self.fc(self.norm(x))))

class Net(nn.Module):
    def __init__(self, classes: int = 3):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 4, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(4),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
        )
        self.blocks = nn.ModuleList([Residual(16) for _ in range(2)])
        self.classifier = nn.Linear(16, classes)
        self.scale = nn.Parameter(torch.ones(1))
        self.register_buffer("calls", torch.zeros(1))
        self.apply(self._init_weights)

    def _init_weights(self, module):
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            with torch.no_grad():
                n = module.weight.numel()
                module.weight.copy_(torch.cos(torch.arange(n) * 1.0).view(module.weight.shape) / n ** 0.5)
            if module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, x):
        self.calls += 1
        x = self.features(x)
        x = x.view(x.size(0), -1)
        for block in self.blocks:
            x = block(x)
        return self.classifier(x) * self.scale

model = Net().to(device)
print(model)
print(sum(p.numel() for p in model.parameters() if p.requires_grad), parameters_to_vector(model.parameters()).shape[0])
criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
images = torch.sin(torch.arange(6 * 16) * 1.0).view(6, 1, 4, 4)
labels = torch.tensor([0, 1, 2, 0, 1, 2])

model.train()
for epoch in range(5):
    total = 0.0
    for i in range(0, 6, 3):
        inputs, targets = images[i:i + 3].to(device), labels[i:i + 3].to(device)
        model.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        norm = clip_grad_norm_(model.parameters(), max_norm=1.0)
        with torch.no_grad():
            for p in model.parameters():
                p -= 0.1 * p.grad
        total += loss.item() * inputs.size(0)
    print(f"epoch {epoch}: {total / len(images):.10f} {norm.item():.10f}")

model.eval()
with torch.no_grad():
    logits = model(images)
    print((logits.argmax(dim=1) == labels).sum().item(), F.softmax(logits, dim=1)[0].tolist()[0].__round__(10))
print(model.calls.item(), model.features[1].running_mean.sum().item().__round__(10), len(model.state_dict()))
for name, param in model.named_parameters():
    print(name, tuple(param.shape), param.requires_grad, round(param.grad.abs().sum().item(), 9))
assert isinstance(model.scale, nn.Parameter) and isinstance(model.scale, torch.Tensor) and same_nn is nn
twin = Net()
print(twin.load_state_dict(model.state_dict()))
"""


def printed(program):
    """What a program prints."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(program, "<program>", "exec"), {"__name__": "program"})
    return output.getvalue()


def test_only_the_import_changes():
    import torch

    try:
        expected = printed(PROGRAM)
    finally:
        torch.set_default_dtype(torch.float32)
    changed = re.sub(r"^import torch$", "import gradwalk as torch", PROGRAM, flags=re.M)
    changed = re.sub(r"^(import|from) torch", r"\1 gradwalk", changed, flags=re.M)
    assert printed(changed) == expected
