"""The command line: one verb a file, each loaded only when it is called."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from phonofilm import __version__
from phonofilm.errors import PhonofilmError

VERBS = {
    "make": "Make a film from a prompt and your own files.",
    "read": "Show how a prompt is read, and what in it was not understood.",
    "score": "Write the score of a film without filming it.",
    "render": "Play a score, edited or not, into a film.",
    "measure": "Measure any film: sync, lips, beats, camera, identity, picture, sound.",
    "compare": "Measure several films and put them side by side.",
    "bench": "Run an engine over a suite of requests and measure what it makes.",
    "serve": "Serve the studio and the interfaces that clients already speak.",
    "keys": "Make, list and revoke the keys of a server.",
    "engines": "List the engines that can be used here.",
    "voices": "List the voices, by language.",
    "models": "List, fetch and check the model files.",
    "limits": "Show what files may be given.",
    "cache": "Show or empty what was perceived and made before.",
    "doctor": "Check this installation.",
}


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"phonofilm.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="phonofilm")
def cli() -> None:
    """One request of words, pictures, clips and recordings in; one film out, its picture and sound made together."""


def main() -> None:
    """The entry point: errors of ours become one line on stderr and an exit status; 0 fine, 1 failed, 2 usage, 3 missing, 130 stopped."""
    try:
        cli.main(standalone_mode=False)
    except PhonofilmError as error:
        click.echo(f"phonofilm: {error}", err=True)
        sys.exit(error.exit_status)
    except click.exceptions.Abort:
        click.echo("phonofilm: stopped; nothing was left behind.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("phonofilm: stopped; nothing was left behind.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
