"""Changes in place."""
from typing import Any
def resolve(input: Any, node: Any) -> Any:
    return input
def value_then(tensor: Any) -> Any:
    return tensor.value
