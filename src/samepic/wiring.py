"""The only module that names concrete classes."""
