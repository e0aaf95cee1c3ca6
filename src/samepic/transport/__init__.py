"""One HTTP client for all clouds: tokens, budgets, Retry-After, batches."""
