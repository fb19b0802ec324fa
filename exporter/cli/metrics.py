"""`metrics`: what can be seen on the metrics page, without running anything."""

from __future__ import annotations

import click

from exporter.metrics.reference import render_markdown, render_table

_RENDERERS = {"table": render_table, "markdown": render_markdown}


@click.command()
@click.option(
    "--format",
    "chosen",
    type=click.Choice(list(_RENDERERS)),
    default="table",
    help="A table to read here, or the document docs/metrics.md.",
)
def metrics(chosen: str) -> None:
    """List every metric with its type, labels and meaning."""
    click.echo(_RENDERERS[chosen](), nl=False)
