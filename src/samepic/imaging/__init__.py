"""Bytes in, bytes out: check, turn, crop, scale, encode, fingerprint. The only importer of Pillow."""
