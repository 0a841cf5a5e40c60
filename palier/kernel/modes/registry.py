"""Every service that this installation knows, filled when each module's `modes.py` is imported."""

from collections.abc import Iterable

from palier.kernel.modes.services import Service, WrongDeclaration

_services: dict[str, Service] = {}


class UnknownService(LookupError):
    """No module declares this service."""

    def __init__(self, key: str):
        super().__init__(f"no module declares the service {key!r}")
        self.key = key


def register(declared: Service) -> Service:
    """Add a service to the registry and return it. WrongDeclaration if another one has its key."""
    known = _services.get(declared.key)
    if known is not None and known is not declared:
        raise WrongDeclaration(f"two services are called {declared.key!r}")
    _services[declared.key] = declared
    return declared


def service(key: str) -> Service:
    """Return a service by its key. UnknownService."""
    try:
        return _services[key]
    except KeyError:
        raise UnknownService(key) from None


def services() -> tuple[Service, ...]:
    """Return every service in the order in which the board and the plans show them."""
    return tuple(sorted(_services.values(), key=lambda one: (one.order, one.key)))


def service_keys() -> tuple[str, ...]:
    return tuple(one.key for one in services())


def as_services(given: "Iterable[Service | str] | None") -> tuple[Service, ...]:
    """Turn keys and services into services; None means all of them."""
    if given is None:
        return services()
    return tuple(service(one) if isinstance(one, str) else one for one in given)
