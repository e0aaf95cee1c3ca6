"""What the vendor lets an application call per span of time: as data with sources, and enforced."""
