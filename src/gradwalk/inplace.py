"""Changes in place."""
from typing import Any
def resolve(input: Any, node: Any) -> Any:
    return input
