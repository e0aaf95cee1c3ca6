"""The service: sweeps by the clock, and who may watch and steer them."""
