// The dead man's switch of the OOM scene (v1): the holder keeps the kernel's OOM killer off while it
// watches. A holder that has gone is noticed by the end of its socket, one that stands still (SIGSTOP,
// a debugger, a machine that swaps) only by what it does not do: end a run that stands at its limit.
#ifndef OOM_H
#define OOM_H

#include <stdint.h>

// How long the holder may take to describe a run at its limit, and to kill it.
#define OOM_PATIENCE_MILLIS 5000

// Has the kernel tell when the run of this memory.oom_control stands at its limit: a descriptor that
// becomes readable, or a negative errno.
long oom_watch(char *oom_control);

// Reads away what oom_watch() was told.
void oom_clear(int watch);

// Turns the kernel's OOM killer on.
void oom_leave_to_kernel(const char *oom_control);

// The same if the run stands at its limit now.
void oom_leave_held_to_kernel(const char *oom_control);

#endif
