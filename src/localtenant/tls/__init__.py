"""The tenant under the vendor's own host names: a local authority for certificates, and a proxy that leads there."""
