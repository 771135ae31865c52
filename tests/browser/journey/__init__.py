"""The whole path in a browser: the city it happens in, the running site, the people, and their steps."""
