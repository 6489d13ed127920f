"""The file that `noc-tui incidents new` writes: a whole incident, playable as it stands, each key explained."""

from __future__ import annotations

from string import Template
from typing import Final


def incident_template(name: str) -> str:
    """The text of a new incident file of that id."""
    return Template(_TEMPLATE).substitute(id=name, title=name.replace("_", " ").strip().capitalize())


_TEMPLATE: Final = """\
# An incident for noc-tui. It can be played as it stands; change it into yours.
# Every key is explained in docs/incidents.md. An editor that knows JSON Schema completes and checks them:
#   noc-tui incidents schema > incident.schema.json       in this folder, and as the first line of this file
#   #:schema ./incident.schema.json
#
# Metrics are fractions from 0 to 1: 0.65 is 65 %; a latency of 0.30 is 150 ms (1.0 is 500 ms).
# Healthy is: cpu_usage and memory_usage < 0.65, latency < 0.20 (100 ms), packet_loss < 0.05, error_rate < 0.10.
# Three healthy steps in a row resolve it. CPU or memory from 0.98, or errors from 0.90, crash the server.

id = "$id"    # the name of this file, without .toml
title = "$title"    # shown after a blind episode, before any other
difficulty = "medium"    # easy, medium, hard, or control: no fault, better left alone
tags = ["batch", "capacity"]    # words to find it by
summary = "Report jobs start before the last ones have ended, and the more of them run, the longer each takes."
lesson = "Slow the jobs down first; a restart only makes all of them begin again."    # shown in the debrief
references = []    # where it happened, where to read on: one line of text each
max_steps = 30    # the episode is cut off here; a step is 30 s
repeat_factor = 0.7    # a second use of an action brings 70 % of its benefits, a third 49 %; harm stays whole
recovery = 0.3    # the part of the way back to [baseline] that a metric goes in a step, once the pressure is 0
start_sd = 0.04    # how much the start differs from seed to seed

[initial]    # where the metrics stand when the pager goes off; what is not named is 0 (service_healthy: 1)
cpu_usage = 0.84
memory_usage = 0.58
latency = 0.42
packet_loss = 0.01
error_rate = 0.16

[drift]    # what the cause, at full pressure, adds in every step
cpu_usage = 0.02
memory_usage = 0.008
latency = 0.035
error_rate = 0.03

[baseline]    # where they stand on a good day
cpu_usage = 0.40
memory_usage = 0.45
latency = 0.09
packet_loss = 0.01
error_rate = 0.02

[onset]    # how many samples of 30 s before the page each began to move, 1 to 24: tells which symptom came first
cpu_usage = 14
latency = 9
error_rate = 5

[pressure]    # the hidden cause, from 0 to 1: here the jobs that pile up
initial = 0.7    # at the page
threshold = 0.35    # above it the cause feeds itself, below it it heals
growth = 0.04    # in every step above the threshold
decay = 0.12    # in every step below it
floor = 0.0    # it cannot be brought below this, until the flag `floor_lifted_by` is set by some action

# What each action does: added to the metrics in its own step. NEGATIVE IS A BENEFIT. An action without a table does
# nothing (a restart always takes the service down for its own step).

[actions.throttle_cpu]    # the remedy: fewer jobs at a time; it costs some errors
cpu_usage = -0.08
error_rate = 0.06
pressure = -0.24    # what it does to the hidden cause

[actions.scale_up]    # helps too, but new workers need two steps to come up
later = { after = 2, cpu_usage = -0.06, latency = -0.05, pressure = -0.15 }    # due so many steps after it

[actions.restart_service]    # the trap: every job begins again
down_for = 0    # for how many more steps the service stays down
cpu_usage = -0.15
error_rate = 0.08
pressure = 0.25

[actions.reroute_traffic]    # makes it look better, and cures nothing
latency = -0.04
error_rate = -0.02

# More keys of an action: `sets = "ready"` sets a flag, `requires = "ready"` needs one, and without it the figures of
# `otherwise = { latency = 0.1 }` apply instead; `reissue_restarts_timer = true` puts its own `later` off when repeated.

# Lines of the log, which tell a careful reader what the metrics do not. Do not name the incident in them.

[[logs]]
source = "cron"    # who writes it
level = "warning"    # debug, info, warning, error, critical
text = "job still running (pid {int:2000-9999}), starting another"    # filled in: a number, drawn anew
when = { pressure = "> 0.35" }    # all must hold, after the step: a metric, pressure, step, action, flag, uses.ACTION
every = 3    # at most once in 3 steps

[[logs]]
source = "app"
level = "error"
text = "request took {latency_ms} ms, all {int:8-16} workers are busy"
when = { latency = ">= 0.40", step = "1..30" }    # a comparison; a range, both ends included
chance = 0.5    # in half of the steps in which it could be written

[[logs]]
source = "systemd"
text = "app.service: Started; all queued jobs begin again"
when = { action = "restart_service" }
once = true    # once in an episode
"""
