"""The web: sign-in, tiles, a person's own picture, administration; in English, Norwegian Bokmål and Latvian."""
