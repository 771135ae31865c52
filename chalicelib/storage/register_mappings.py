"""Kept column mappings of register files, read by their identifier alone."""

from chalicelib.domain.register_mapping import RegisterMapping
from chalicelib.storage.repository import Repository


class RegisterMappings(Repository[RegisterMapping]):
    model = RegisterMapping
