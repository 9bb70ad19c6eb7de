"""The same workloads in every library: plain data in `workloads`, and one file per peer that turns it into steps."""
