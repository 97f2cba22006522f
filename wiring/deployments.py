"""What `prefect.yaml` says of our deployments, read without Prefect.

`prefect deploy --all` reads the same file; the engine of one machine makes the deployments itself,
for that costs no process of its own and no pull step: the packages are installed where it runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """At times of the clock."""

    fields: str
    """Five, in the schedule's time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """All the time, at an interval."""

    interval: timedelta
    anchor: datetime
    """An instant at which one run would have begun: it keeps the flows apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePlan:
    """When a deployment runs by itself."""

    slug: str
    """Identifies the schedule within its deployment."""
    when: Cron | Every
    timezone: str
    """IANA name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentPlan:
    """One deployment."""

    name: str
    """Equal to its flow's name."""
    entrypoint: str
    """Dotted: package, module, flow."""
    alone: bool
    """One run at a time; a second one is cancelled."""
    schedules: tuple[SchedulePlan, ...]
    """None for flows that are started by deeds or people."""


def read_plans(file: Path) -> tuple[DeploymentPlan, ...]:
    """Returns the deployments of a `prefect.yaml`, in its order."""
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]
    return tuple(_plan(entry) for entry in entries)


def _plan(entry: Mapping[str, Any]) -> DeploymentPlan:
    return DeploymentPlan(
        name=entry["name"],
        entrypoint=entry["entrypoint"],
        alone="concurrency_limit" in entry,
        schedules=tuple(_schedule(one) for one in entry.get("schedules", ())),
    )


def _schedule(entry: Mapping[str, Any]) -> SchedulePlan:
    return SchedulePlan(slug=entry["slug"], when=_when(entry), timezone=entry["timezone"])


def _when(entry: Mapping[str, Any]) -> Cron | Every:
    if "cron" in entry:
        return Cron(fields=entry["cron"])
    return Every(
        interval=timedelta(seconds=entry["interval"]),
        anchor=datetime.fromisoformat(entry["anchor_date"]),
    )
