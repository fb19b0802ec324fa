"""The Grafana dashboards, as code: `python -m scripts.dashboards` writes their JSON into deploy/grafana."""
