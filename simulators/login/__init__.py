"""A login service that speaks OpenID Connect as Keycloak does, by Authlib."""
