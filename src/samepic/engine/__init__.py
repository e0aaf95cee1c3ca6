"""The imperative shell of a run: observe, decide, apply, remember; one file per verb."""
