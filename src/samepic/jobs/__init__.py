"""Durable execution: sweeps in shards, by any number of workers, that outlive each of them."""
