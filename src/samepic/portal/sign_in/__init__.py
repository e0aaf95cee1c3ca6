"""Sign-in with the work or school account: OpenID Connect, code with PKCE and nonce (OpenID Connect Core 1.0 §3.1)."""
