// The leader: the first process of the run, from clone to execve.
#ifndef LEADER_H
#define LEADER_H

#include <stdint.h>

#include "record.h"

// What a failed launch names; the holder knows the same numbers.
enum step {
    STEP_RECORD = 1,
    STEP_LAUNCHER_CGROUP,
    STEP_CLONE,
    STEP_SESSION,
    STEP_CGROUP,
    STEP_PIDS,
    STEP_STDIO,
    STEP_RLIMIT,
    STEP_GROUPS,
    STEP_GID,
    STEP_UID,
    STEP_WORKDIR,
    STEP_NO_NEW_PRIVS,
    STEP_EXEC,
    STEP_LOG,
    STEP_STATUS,
    STEP_DOOR
};

// The start time (in clock ticks since boot) tells a process from a later one with the same pid.
struct process {
    int pid;
    uint64_t start_time;
};

struct launch {
    struct record *record;
    struct process launcher, leader;
    int run_dir;
    unsigned umask; // the holder's: the leader's, unless the record has another
    // How far it has come, and the negative errno that ended it. Written by the leader, too, in
    // memory it shares with the launcher, hence volatile.
    volatile enum step step;
    volatile long error;
};

// Returns the error of a call that belongs to a step of the launch.
#define TRY(launch, this_step, call)       \
    do {                                   \
        (launch)->step = (this_step);      \
        long error_of_try = (call);        \
        if (error_of_try < 0)              \
            return error_of_try;           \
    } while (0)

// Reads the start time of the calling process.
long process_start_time(uint64_t *ticks);

// Starts the leader and returns when it runs its program: 0. Otherwise a negative errno; then
// launch->step says where, and nothing is left of it.
long leader_start(struct launch *launch);

#endif
