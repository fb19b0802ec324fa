"""HTTP: what is served, and how. It knows nothing of billing: it gets bytes and hands them out."""
