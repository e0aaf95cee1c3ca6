"""One HTTP client for all clouds: tokens, patience, batches, bounds."""
