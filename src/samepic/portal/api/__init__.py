"""The same for programs: JSON, described by /api/openapi.json, with tokens in the place of sign-ins."""
