"""The provable draw: from an approved plan to a certificate that anybody can recompute."""
