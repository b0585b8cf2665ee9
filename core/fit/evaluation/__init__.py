"""How good a run is: every figure of it, and the report that shows them."""
