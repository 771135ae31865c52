"""Identity: any OpenID Connect provider, and our own verification of everything it says."""
