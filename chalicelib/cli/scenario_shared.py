"""`yijianshi scenario shared`: the words that packages share, so that a new one takes them over."""

from itertools import groupby

import click

from chalicelib.cli.scenario_words import language_option, say
from chalicelib.contract.registry import ScenarioRegistry


@click.command("shared")
@click.argument("text", required=False, default="")
@language_option
def shared(text: str, language: str) -> None:
    """What the packages have in common, all of it or what contains TEXT: departments, attributes, questions asked once
    (take the key, the words and the answer type), texts of law that wait for confirmation; with a TEXT also the other
    check items, because an equal id is an equal question."""
    from chalicelib.contract.vocabulary import shared_words

    found = shared_words((one.in_language(language) for one in ScenarioRegistry().sound()), text)
    if not found:
        raise click.ClickException(say("nothing_shared", language, text=text))
    for kind, words in groupby(found, key=lambda word: word.kind):
        click.echo(say(f"shared_{kind}", language))
        for word in words:
            about = f"  ({word.about})" if word.about else ""
            click.echo(f"  {word.code}  {word.label}{about}  [{', '.join(word.scenarios)}]")
