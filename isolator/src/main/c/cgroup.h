// The launcher's own cgroup, and the run's, as the launcher needs them when its holder is gone: who is
// in them, stop them, remove them. The workload may have made cgroups of its own below, and processes may hide there:
// the functions include those, down to a depth and up to a number that bound the work.
#ifndef CGROUP_H
#define CGROUP_H

#include <stdbool.h>

#include "record.h"

// Goes on in a cgroup2 as a second process, a child of the same parent, and ends the first. Returns 0
// in the second, or a negative errno in the first.
long cgroup_be_reborn_in(const char *path);

// Freezes or thaws the run. Frozen processes of a v1 freezer do not die before they are thawed.
void cgroup_freeze(const struct record *record, bool freeze);

// Sends a signal (0: none) to every process in the run's cgroups, as often as it is listed there,
// and tells how many were listed.
unsigned cgroup_signal(const struct record *record, int signal);

// Asks every process in the run's cgroups to end, once, even if it is stopped.
void cgroup_terminate(const struct record *record);

// Tries to remove a cgroup and those below it. 0 when it is gone, else a negative errno.
long cgroup_remove(const char *path);

#endif
