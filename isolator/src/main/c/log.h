// A detached run's stdout and stderr: carried from a pipe into a file of bounded size, which is
// rotated: path, path.1, path.2 … A file that cannot be written never holds up the executor: the
// bytes are dropped and counted, and the next ones are tried again.
//
// The directory may belong to the run's user, who may put anything under the names used here. So
// the directory is opened once, before the leader exists, and in it the launcher (root) follows no
// symbolic link, appends only to regular files without another name, and gives away only files that
// it has created itself.
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

struct log {
    int pipe;       // what the launcher reads; -1 when there is no log, and after the end of file
    int leader_end; // what becomes the leader's stdout or stderr; -1 once the leader has it
    int dir, file;  // file: -1 when it could not be opened
    const char *name;
    const struct log_rule *rule;
    uint64_t size;
    uint32_t uid, gid;
};

// stdout and stderr.
extern struct log logs[2];

// How many bytes no file could take, of both streams.
extern uint64_t log_dropped_bytes;

// `rule` must live as long as the log.
long log_open(struct log_rule *rule, const struct credentials *credentials);

// Carries what one read(2) brings, so that the caller can look at the rest of its world in between.
// The number of bytes; 0 or a negative errno when there were none.
long log_carry(struct log *log);

// Carries what is in the pipes by now, without waiting for more.
void log_finish(void);

#endif
