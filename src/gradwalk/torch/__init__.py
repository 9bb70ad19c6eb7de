"""What gradwalk does with PyTorch, when it is installed: `pip install 'gradwalk[torch]'`."""
