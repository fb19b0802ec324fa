"""The rows of names: one for each dataset whose ids they name, newest first, so that each id is named once."""

from __future__ import annotations

from types import MappingProxyType

from exporter.domain.report import Dataset
from exporter.domain.tree import Level
from exporter.metrics import labels, name_samples
from exporter.metrics.family import Family
from exporter.metrics.labels import BY_LEVEL
from exporter.metrics.row import Row

# The account's usage is read too, but for clusters: it decides which months by project and resource are shown.
_READS = MappingProxyType(
    {
        Dataset.USAGE_DETAILS: (Dataset.USAGE_DETAILS, Dataset.INVOICE_DETAILS, Dataset.USAGE),
        Dataset.INVOICE_DETAILS: (Dataset.INVOICE_DETAILS, Dataset.USAGE_DETAILS, Dataset.USAGE),
    }
)

NAME_ROWS = (
    *(
        Row(
            Family(
                "northflank_team_info",
                "1; the newest name of a team; cached.",
                ("account", *BY_LEVEL[Level.TEAM], "team_name"),
            ),
            reads,
            name_samples.names(name_samples.level(Level.TEAM), dataset),
        )
        for dataset, reads in _READS.items()
    ),
    *(
        Row(
            Family(
                "northflank_project_info",
                "1; the newest name of a project, with the labels that the configuration gives it; cached.",
                ("account", *BY_LEVEL[Level.PROJECT], "project_name"),
            ),
            reads,
            name_samples.project_names(dataset),
            reads_declared=True,
            more_labels=labels.of_projects,
        )
        for dataset, reads in _READS.items()
    ),
    *(
        Row(
            Family(
                "northflank_resource_info",
                "1; the newest name of a resource; cached.",
                ("account", *BY_LEVEL[Level.RESOURCE], "resource_name"),
            ),
            reads,
            name_samples.names(name_samples.level(Level.RESOURCE), dataset),
        )
        for dataset, reads in _READS.items()
    ),
    *(
        Row(
            Family(
                "northflank_cluster_info",
                "1; the newest name of a BYOC cluster; cached.",
                ("account", "cluster_id", "cluster_name"),
            ),
            reads[:2],
            name_samples.names(name_samples.clusters, dataset),
        )
        for dataset, reads in _READS.items()
    ),
)
