#include "cgroup.h"

#include "files.h"
#include "sys.h"

#define DEEPEST 64           // levels: each takes a descriptor and 1.2 KB of stack
#define MOST_VISITS 4096     // cgroups in one pass: the caller makes several
#define MOST_READS 65536     // of one cgroup.procs, which a fork bomb can lengthen as we read it
#define PID_LIMIT (4u << 20) // PID_MAX_LIMIT of 64-bit kernels

// A walk through a cgroup and all below it, children first.
struct walk {
    long (*visit)(struct walk *walk, int parent, const char *name, int dir);
    int signal;
    uint64_t *seen; // one bit a pid: who has had the signal. NULL: send it each time
    unsigned visits, listed;
};

static long walk_tree(struct walk *walk, int parent, const char *name, int depth)
{
    long dir = sys_openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
    if (dir < 0)
        return dir;

    _Alignas(struct dirent64) char entries[1024];
    long n = 0;
    while (depth < DEEPEST && (n = sys_getdents64((int)dir, entries, sizeof entries)) > 0)
        for (long at = 0; at < n;) {
            const struct dirent64 *entry = (const void *)(entries + at);
            if (entry->type == DT_DIR && !text_equals(entry->name, ".") &&
                !text_equals(entry->name, "..") && walk->visits++ < MOST_VISITS)
                walk_tree(walk, (int)dir, entry->name, depth + 1);
            at += entry->length;
        }

    long result = walk->visit(walk, parent, name, (int)dir);
    sys_close((int)dir);
    return result;
}

static void signal_pid(struct walk *walk, uint32_t pid)
{
    // 0: a process of another pid namespace. 1: whoever listed it, never.
    if (pid <= 1 || pid == (uint32_t)sys_getpid())
        return;
    walk->listed++;
    if (walk->seen && pid < PID_LIMIT) {
        if (walk->seen[pid / 64] & 1ull << pid % 64)
            return;
        walk->seen[pid / 64] |= 1ull << pid % 64;
    }
    if (walk->signal)
        sys_kill((int)pid, walk->signal);
    if (walk->signal == SIGTERM)
        sys_kill((int)pid, SIGCONT);
}

static long visit_signal(struct walk *walk, int parent, const char *name, int dir)
{
    (void)parent, (void)name;
    long procs = sys_openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC, 0);
    if (procs < 0)
        return procs;

    char chars[1024];
    uint32_t pid = 0;
    long n;
    for (int reads = 0; reads < MOST_READS && (n = sys_read((int)procs, chars, sizeof chars)) > 0;
         reads++)
        for (long i = 0; i < n; i++) {
            if (chars[i] != '\n') {
                pid = pid * 10 + (uint32_t)(chars[i] - '0');
            } else {
                signal_pid(walk, pid);
                pid = 0;
            }
        }
    sys_close((int)procs);
    return 0;
}

static long visit_remove(struct walk *walk, int parent, const char *name, int dir)
{
    (void)walk, (void)dir;
    return sys_unlinkat(parent, name, AT_REMOVEDIR);
}

// A process in a cgroup that the workload itself has frozen would outlive its SIGKILL.
static long visit_thaw(struct walk *walk, int parent, const char *name, int dir)
{
    (void)walk, (void)parent, (void)name;
    long fd = sys_openat(dir, "freezer.state", O_WRONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    long n = sys_write((int)fd, "THAWED", 6);
    sys_close((int)fd);
    return n;
}

// Walks the cgroup whose control file this is.
static void walk_from(struct walk *walk, char *control_file)
{
    char *name;
    long dir = file_open_parent(control_file, &name);
    if (dir < 0)
        return;
    walk_tree(walk, (int)dir, ".", 0);
    sys_close((int)dir);
}

long cgroup_be_reborn_in(const char *path)
{
    long dir = sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    if (dir < 0)
        return dir;
    // To be born in a cgroup2 costs nothing; to move there waits for RCU (see leader.c).
    const struct clone_args args = {.flags = CLONE_INTO_CGROUP | CLONE_PARENT,
                                    .cgroup = (uint64_t)dir};
    long pid = sys_clone3(&args);
    if (pid > 0)
        leave(0);
    sys_close((int)dir);
    return pid;
}

void cgroup_freeze(const struct record *record, bool freeze)
{
    char *file = record_string(record, FREEZER);
    if (!file)
        return;
    char *name = file;
    for (char *c = file; *c != '\0'; c++)
        if (*c == '/')
            name = c + 1;

    if (text_equals(name, "cgroup.freeze")) {
        file_control(file, freeze ? "1" : "0");
        return;
    }
    file_control(file, freeze ? "FROZEN" : "THAWED");
    if (!freeze)
        walk_from(&(struct walk){.visit = visit_thaw}, file);
}

unsigned cgroup_signal(const struct record *record, int signal)
{
    struct walk walk = {.visit = visit_signal, .signal = signal};
    FOR_EACH_FIELD (field, record, PROCS)
        walk_from(&walk, field_string(field));
    return walk.listed;
}

void cgroup_terminate(const struct record *record)
{
    struct walk walk = {.visit = visit_signal, .signal = SIGTERM};
    long seen = sys_mmap(PID_LIMIT / 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    if (seen > 0)
        walk.seen = (uint64_t *)seen;
    FOR_EACH_FIELD (field, record, PROCS)
        walk_from(&walk, field_string(field));
    if (walk.seen)
        sys_munmap(walk.seen, PID_LIMIT / 8);
}

long cgroup_remove(const char *path)
{
    struct walk walk = {.visit = visit_remove};
    long error = walk_tree(&walk, AT_FDCWD, path, 0);
    return error == -ENOENT ? 0 : error;
}
