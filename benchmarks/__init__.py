"""Speed figures, side by side with peers in one run, because machines differ and are noisy."""
