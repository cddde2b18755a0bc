// The launch record: what the holder wants, as it comes through the control socket. Length-prefixed
// fields of native integers and strings that carry their NUL; nothing is parsed but the lengths.
// record_read() is the only door: what has passed it needs no further checks.
#ifndef RECORD_H
#define RECORD_H

#include <stddef.h>
#include <stdint.h>

// "Repeatable" fields keep their order. Paths are absolute, but for PATH_CANDIDATE.
enum field_type {
    RUN_DIR = 1,         // where `pids` and `status` are written. Required
    LAUNCHER_ENTER,      // repeatable: v1 `tasks` of the launcher's own cgroups
    LAUNCHER_CLONE_INTO, // the launcher's cgroup2
    LEADER_ENTER,        // repeatable: v1 `tasks` of the run's cgroups
    LEADER_CLONE_INTO,   // the run's cgroup2
    ARG,                 // repeatable: argv. Required
    ENV,                 // repeatable: the whole environment
    WORKDIR,             // otherwise the one that was inherited
    CREDENTIALS,         // struct credentials. Required
    RLIMIT,              // repeatable: struct resource_limit
    UMASK,               // uint32_t; otherwise the holder's
    FLAGS,               // uint32_t: enum flag
    STOP_TIMEOUT,        // uint64_t: milliseconds between SIGTERM and SIGKILL
    OOM_SWITCH,          // v1 memory.oom_control: "0" switches the kernel's OOM killer on
    KILL_FILE,           // cgroup.kill
    FREEZER,             // v1 freezer.state, or cgroup.freeze
    PROCS,               // repeatable: the run's cgroup.procs, one for each hierarchy
    REMOVE,              // repeatable: the run's cgroups
    LOG,                 // repeatable, one for each stream: struct log_rule
    LEAVE,               // repeatable: `tasks` or `cgroup.procs` of the hierarchies' roots
    ROOT_REMOVE,         // repeatable: cgroups that the last holder removes
    PATH_CANDIDATE,      // repeatable: what to execve, the first that is there. Required
    FIELD_TYPES
};

enum flag {
    NO_NEW_PRIVS = 1,
    END_WITH_HOLDER = 2, // the run must not outlive the holder
    REMOVE_ROOT = 4,     // with the run, if the lock file tells that nobody else uses the root
    DOOR = 8,            // open a door in RUN_DIR, for a holder that comes later
    STDIN = 16,          // the leader has the stdin that was given, though its output is carried
    ALL_FLAGS = 31
};

struct credentials {
    uint32_t uid, gid, group_count, groups[];
};

struct resource_limit {
    uint32_t resource, zero;
    uint64_t soft, hard;
};

struct log_rule {
    uint32_t stream, files;
    uint64_t max_bytes;
    char path[];
};

// A field as it lies in the record. Every field starts at a multiple of 8, so every payload does.
struct field {
    uint32_t type, length;
    uint64_t payload[];
};

struct record {
    char *bytes;
    size_t length, mapped, pointers;
};

// Reads and checks a record. 0, or a negative errno: -EINVAL when it is malformed.
long record_read(int fd, struct record *record);

// Copies the fields that are needed after the launch, so that the rest can be unmapped.
long record_keep(const struct record *record, struct record *kept);

void record_free(struct record *record);

// The field of this type after `previous`, or the first when that is NULL; NULL when there is none.
struct field *record_next(const struct record *record, const struct field *previous,
                          enum field_type type);

#define FOR_EACH_FIELD(field, record, type) \
    for (struct field *field = NULL; (field = record_next(record, field, type));)

static inline char *field_string(struct field *field)
{
    return (char *)field->payload;
}

// The payload of the first field of this type: the string or NULL, the number or `otherwise`.
char *record_string(const struct record *record, enum field_type type);
uint64_t record_number(const struct record *record, enum field_type type, uint64_t otherwise);

// All strings of this type, as execve(2) wants them. For a record that came from record_read().
char **record_strings(struct record *record, enum field_type type);

#endif
