"""People: changes that a second administrator confirms, deputies, certificates, departures."""
