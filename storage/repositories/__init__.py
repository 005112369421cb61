"""The stores of a unit of work: they read at any time, and collect writes that run together at commit."""
