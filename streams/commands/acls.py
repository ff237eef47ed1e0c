"""`newsdiff acls`: what a role has to be allowed, as commands for Kafka."""

from __future__ import annotations

import shlex
from collections import defaultdict

import click

from streams.access import roles
from streams.settings import Settings


@click.command("acls")
@click.argument("role", type=click.Choice(list(roles(Settings()))))
@click.argument("user")
@click.pass_obj
def command(settings: Settings, role: str, user: str) -> None:
    """Print the `kafka-acls.sh` commands that allow a USER (`User:NAME`) what a ROLE needs, and nothing else.

    What `up` needs is what operator, worker, watcher and site need together.
    """
    if ":" not in user:
        raise click.BadParameter(f"{user!r} is no principal: write User:{user}", param_hint="USER")
    operations: dict[tuple[str, str, bool], list[str]] = defaultdict(list)
    for one in roles(settings)[role]:
        operations[one.resource, one.name, one.prefixed].append(one.operation)
    names: dict[tuple[str, bool, tuple[str, ...]], list[str]] = defaultdict(list)
    for (resource, name, prefixed), allowed in operations.items():
        names[resource, prefixed, tuple(sorted(allowed))].append(name)
    for (resource, prefixed, allowed_there), found in names.items():
        words = ["kafka-acls.sh", "--bootstrap-server", settings.bootstrap, "--add", "--allow-principal", user]
        words += ["--resource-pattern-type", "prefixed"] if prefixed else []
        words += [word for operation in allowed_there for word in ("--operation", operation)]
        words += [word for name in found for word in (f"--{resource}", name)]
        click.echo(shlex.join(words))
