// The launcher's signals, and how the leader gets rid of them.
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdbool.h>

// Ignores what a terminal or a broken pipe sends; leaves the rest, SIGTERM too, to the kernel.
void signals_set_up(void);

// Whether children that end are forgotten at once, or kept until somebody waits for them.
void signals_forget_children(bool forget);

// A descriptor that is readable when a child has ended, or a negative errno.
long signals_open_children(void);

// Default dispositions and an empty mask, for the leader: exec keeps what is ignored or masked.
void signals_reset(void);

#endif
