"""The command line: finds a command's module by its name, and turns every error of this project into one clear line."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from schemas.errors import NewsdiffError
from streams.settings import Settings, secrets

COMMANDS = {
    "up": "everything in one place: Kafka, topics, a worker",
    "demo": "`up`, with a small local press that publishes and edits its own articles",
    "broker": "the embedded Kafka alone",
    "topics": "create what is missing, check what is there",
    "acls": "what a role has to be allowed, as commands for Kafka",
    "worker": "a worker",
    "watch": "watch articles, feeds, sitemaps and front pages",
    "unwatch": "watch them no longer",
    "watching": "what is watched, and when it is looked at next",
    "import": "put stored fetches on the fetch topic",
    "tail": "show changes as they come",
    "read": "show what is read from a page, and what is left out",
    "diff": "show what changed between two files",
    "rules": "list, test and learn the rules per source",
    "dead-letters": "list, show and replay what could not be used",
    "recompute": "all changes anew, onto a topic of their own",
    "move": "to another Kafka, with another number of partitions",
    "site": "the archive and its pages",
    "webhooks": "tell others of changes by HTTP",
    "hide": "do not show an article",
    "forget": "remove its text for good, and read it no more",
    "unhide": "show it, or read it, again",
    "doctor": "what is reachable, what lags, what is wrong, and what to do",
}


class Commands(click.Group):
    """Loads a command when it is called, so that each starts with what it needs and nothing else."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of the module with its name."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_") + ("_" if cmd_name == "import" else "")
        command: click.Command = importlib.import_module(f"streams.commands.{name}").command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; it has done its work when the reader of its output, `head` for instance, has seen enough."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python flushes at its end
            return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="newsdiff")
@click.pass_context
def newsdiff(context: click.Context) -> None:
    """Stream every edit of a news article through Kafka, exactly once.

    Settings are environment variables NEWSDIFF_*; `newsdiff doctor` shows them.
    """
    context.obj = Settings.from_environment(os.environ)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command. Exit codes: 0 done, 1 it failed, 2 it was called wrongly, 130 interrupted."""
    signal.signal(signal.SIGTERM, _terminate)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # commands say in one line what is wrong
    try:
        newsdiff.main(args=arguments, prog_name="newsdiff", standalone_mode=False)
    except NewsdiffError as error:
        _fail(str(error), 1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
    sys.exit(0)


def _terminate(*_: object) -> NoReturn:
    """End as on Ctrl-C, so that `finally` and context managers do their work."""
    raise KeyboardInterrupt


def _fail(message: str, code: int) -> NoReturn:
    for secret in secrets(os.environ):
        message = message.replace(secret, "...")
    click.echo(f"newsdiff: {' '.join(message.split())}", err=True)
    sys.exit(code)
