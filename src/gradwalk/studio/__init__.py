"""The studio: walks in the browser, drawn from what the Python engine computes."""
