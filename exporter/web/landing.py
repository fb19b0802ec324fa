"""The page for people who open the exporter in a browser."""

from __future__ import annotations

from html import escape

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Northflank billing exporter</title>
<style>body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }}</style>
</head>
<body>
<h1>Northflank billing exporter</h1>
<p>What Northflank bills, as Prometheus metrics. Version {version}.</p>
<ul>
{links}
</ul>
<p>Every metric says in its HELP what it means. All of them are listed in <code>docs/metrics.md</code> of the
project, and by the command <code>northflank-billing-exporter metrics</code>.</p>
</body>
</html>
"""


def render(*, telemetry_path: str, version: str) -> str:
    """The page as HTML, every value escaped."""
    targets = {
        telemetry_path: "Metrics",
        "/-/healthy": "Healthy: the process runs",
        "/-/ready": "Ready: every account has figures to show, was refused, or has tried for five minutes",
    }
    links = "\n".join(f'<li><a href="{escape(path)}">{escape(text)}</a></li>' for path, text in targets.items())
    return _PAGE.format(version=escape(version), links=links)
