"""The seams between the engine and the world: Protocols, and the closed family of errors."""
