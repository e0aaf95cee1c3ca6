"""TOML and environment into typed settings; collects every fault before complaining."""
