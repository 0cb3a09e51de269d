"""`callboard completion`: the script that makes a shell complete the commands."""

import click
from click.shell_completion import get_completion_class

from tui.cli.commands import command as a_command

_VARIABLE = "_CALLBOARD_COMPLETE"


@a_command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion of a shell, for its startup file.

    \b
    bash:  eval "$(callboard completion bash)"                in ~/.bashrc
    zsh:   eval "$(callboard completion zsh)"                 in ~/.zshrc
    fish:  callboard completion fish > ~/.config/fish/completions/callboard.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    made = kind(context.find_root().command, {}, "callboard", _VARIABLE)
    click.echo(made.source_template % made.source_vars())
