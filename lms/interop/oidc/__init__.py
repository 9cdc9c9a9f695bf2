"""OpenID Connect: people of an agency sign in where their agency keeps its accounts. One provider is one agency's."""
