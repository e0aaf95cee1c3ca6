"""For connector authors: the contract suite, builders, strategies."""
