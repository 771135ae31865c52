"""Who may act for a subject: codes, requests, bindings."""
