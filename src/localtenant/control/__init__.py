"""The tenant's own switchboard under `/_tenant`: nothing of it exists at the vendor's."""
