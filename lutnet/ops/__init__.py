"""Pure differentiable colour maths: tensors in, tensors out; no files, no networks.

Colours are channel-last tensors ``[..., 3]`` in the order R, G, B unless a docstring says otherwise.
"""
