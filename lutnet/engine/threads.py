"""Threads of a process that is ours, a command's or a worker's; the library leaves those of its host alone."""

from __future__ import annotations


def one_thread_per_shot() -> None:
    """Shots are graded side by side: threads inside one operation would only get in each other's way."""
    import cv2
    import torch

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
