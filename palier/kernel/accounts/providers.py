"""What the settings say of an identity provider (OpenID Connect). Plain values: no Django, no network."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class RoleMapping:
    """The only way a provider opens an access by itself: a value of a claim gives roles in one organisation."""

    organisation: str
    claim: str
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def roles_for(self, claims: dict[str, object]) -> list[str]:
        """The roles that these claims give, in order; a claim is one word or a list of words."""
        said = claims.get(self.claim)
        values = said if isinstance(said, list) else [said]
        return sorted({role for value in values for role in self.roles.get(str(value), ())})


@dataclass(frozen=True)
class Provider:
    """One identity provider. `key` is the word of it in addresses; `label` what its button says."""

    key: str
    label: str
    issuer: str
    discovery_url: str
    client_id: str
    client_secret: str = ""
    domains: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    #: The provider vouches for every address it gives, though it does not say `email_verified`.
    vouches_for_emails: bool = False
    #: Values of `amr` or `acr` that mean that the provider itself asked for a second factor.
    second_factor_amr: tuple[str, ...] = ()
    second_factor_acr: tuple[str, ...] = ()
    mapping: RoleMapping | None = None

    def accepts_email(self, email: str) -> bool:
        return not self.domains or email.rpartition("@")[2].lower() in self.domains

    def showed_second_factor(self, claims: dict[str, object]) -> bool:
        said = claims.get("amr")
        methods = {str(one) for one in said} if isinstance(said, list) else set()
        return bool(methods & set(self.second_factor_amr)) or claims.get("acr") in self.second_factor_acr

    def __repr__(self) -> str:
        # A traceback that prints its variables must not print the client's secret.
        return f"Provider({self.key!r})"
