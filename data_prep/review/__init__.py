"""Human refinement: the page on which people judge records, and the overlay of their decisions that the build applies."""
