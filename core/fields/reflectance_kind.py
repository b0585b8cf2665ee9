"""Which reflectance models there are, named without loading the optimiser."""

from typing import Literal

ReflectanceKind = Literal["analytic", "hybrid", "neural"]
"""A diffuse term and one GGX lobe; these and a network that adds what they cannot express; a network alone."""
