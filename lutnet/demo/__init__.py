"""The demonstration: footage from photographs that ship with our dependencies, spoiled, graded, compared."""

from lutnet.demo.run import DemoResult, DemoShotResult, run_demo

__all__ = ["DemoResult", "DemoShotResult", "run_demo"]
