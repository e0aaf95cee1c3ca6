"""Made-up organisations drawn from a seed: people, their cases, their portraits."""
