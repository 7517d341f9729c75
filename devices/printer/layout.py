"""A receipt as lines for this printer's paper: the same layout the preview and the PDF use (app.domain.paper)."""

from __future__ import annotations

from app.domain.paper import LaidOut, Line, lay_out

__all__ = ["LaidOut", "Line", "lay_out"]
