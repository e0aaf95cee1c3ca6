"""Sign-in and tokens, as the Microsoft identity platform gives them."""
