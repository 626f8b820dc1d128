"""Columnar frames of many lumisections, cut at change points: the one engine of wide questions."""

from model.frames.frames import Frames, build
from model.frames.store import FrameStore

__all__ = ["FrameStore", "Frames", "build"]
