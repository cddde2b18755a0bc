// How the leader ended, for whoever reads the run's directory later: it outlives every process.
#ifndef STATUS_H
#define STATUS_H

#include <stdint.h>

#include "sys.h"

struct ending {
    int wait_status;
    uint64_t started_realtime_ns, took_ns; // of the leader
    uint64_t realtime_ns; // 0: it has not ended
    struct rusage usage;  // of the leader and the descendants it has waited for
    uint64_t log_dropped_bytes;
};

uint64_t status_micros(const struct __kernel_old_timeval *time);

// Writes the file `status`, one "name number" a line. 0 or a negative errno.
long status_write(int run_dir, const struct ending *ending);

#endif
