"""What shall go wrong, as resources: posted, met, accounted for."""
