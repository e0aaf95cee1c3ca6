"""`samepic demo`: the main job on a made-up organisation of this machine, measured while it runs."""

from samepic.cli.demo.command import demo

__all__ = ["demo"]
