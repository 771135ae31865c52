"""Self-checks: a subject goes through the list by itself, and shares what came of it when it likes."""
