"""System clients: registering and revoking them."""
