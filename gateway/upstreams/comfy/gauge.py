"""How far a job is: the share of its nodes that are done, where a sampler weighs as much as its steps."""

from __future__ import annotations

from gateway.upstreams.comfy.frames import Advanced, Begun
from gateway.upstreams.comfy.graph import Graph, Node


class Gauge:
    def __init__(self, graph: Graph) -> None:
        """`graph` as it was submitted."""
        self._weights = {name: _weight(node) for name, node in graph.items()}
        self._done = dict.fromkeys(graph, 0.0)
        self._running: str | None = None
        self.level = 0.0
        """From 0 to 1; never falls."""

    def take(self, frame: Begun | Advanced) -> None:
        match frame:
            case Begun(node):
                if self._running is not None and self._running != node:
                    self._raise(self._running, 1.0)
                self._running = node
            case Advanced(nodes):
                for node, done in nodes.items():
                    self._raise(node, done)
        done = sum(self._weights[name] * share for name, share in self._done.items())
        self.level = max(self.level, done / sum(self._weights.values()))

    def _raise(self, node: str, share: float) -> None:
        if node in self._done:  # others are parts of a node, which ComfyUI unfolds while it runs
            self._done[node] = max(self._done[node], share)


def _weight(node: Node) -> float:
    """Nearly all time goes into steps, and their number stands in the graph before the job begins."""
    steps = node.inputs.get("steps")
    return float(steps) if isinstance(steps, int) and steps > 0 else 1.0
