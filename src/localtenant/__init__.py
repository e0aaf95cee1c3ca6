"""A Microsoft 365 tenant on one's own machine, picture-deep; written from the vendor's documents."""
