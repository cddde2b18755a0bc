#include "log.h"

#include "files.h"
#include "sys.h"

struct log logs[2] = {{.pipe = -1, .leader_end = -1}, {.pipe = -1, .leader_end = -1}};
uint64_t log_dropped_bytes;

#define LONGEST_NAME 240 // of the 255 that file systems allow: leaves room for ".999" and more

static long open_file(struct log *log)
{
    int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    long fd = sys_openat(log->dir, log->name, flags | O_CREAT | O_EXCL, 0644);
    long error = 0;
    if (fd >= 0)
        error = sys_fchown((int)fd, log->uid, log->gid);
    else if (fd == -EEXIST)
        fd = sys_openat(log->dir, log->name, flags, 0);
    if (fd < 0)
        return fd;

    struct statx status;
    if (!error)
        error = sys_statx((int)fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status);
    if (!error && (!S_ISREG(status.stx_mode) || status.stx_nlink > 1))
        error = -EEXIST;
    if (error) {
        sys_close((int)fd);
        return error;
    }
    log->file = (int)fd;
    log->size = status.stx_size;
    return 0;
}

long log_open(struct log_rule *rule, const struct credentials *credentials)
{
    struct log *log = &logs[rule->stream - 1];
    if (log->pipe >= 0)
        return -EINVAL;

    char *name;
    long dir = file_open_parent(rule->path, &name);
    if (dir < 0)
        return dir;
    if (text_length(name, LONGEST_NAME) == LONGEST_NAME)
        return -ENAMETOOLONG;
    log->dir = (int)dir;
    log->name = name;
    log->rule = rule;
    log->uid = credentials->uid;
    log->gid = credentials->gid;
    long error = open_file(log);
    if (error)
        return error;

    int ends[2];
    error = sys_pipe2(ends, O_CLOEXEC);
    if (error)
        return error;
    log->pipe = ends[0];
    log->leader_end = ends[1];
    return sys_fcntl(log->pipe, F_SETFL, O_NONBLOCK);
}

// The name of the nth file, where 0 is the one being written.
static struct text name_of(const struct log *log, uint32_t n)
{
    struct text name = {0};
    text_add(&name, log->name);
    if (n > 0) {
        text_add(&name, ".");
        text_add_number(&name, n);
    }
    return name;
}

// Only as many files move as there are up to the first gap, so that a rotation that failed half-way
// (and is tried again with the next bytes) does not push out the oldest ones.
static long rotate(struct log *log)
{
    uint32_t last = log->rule->files - 1, free = 1;
    struct statx unused;
    while (free < last &&
           sys_statx(log->dir, name_of(log, free).chars, AT_SYMLINK_NOFOLLOW, 0, &unused) == 0)
        free++;

    long error = last == 0 ? sys_unlinkat(log->dir, log->name, 0) : 0;
    for (uint32_t n = last == 0 ? 0 : free; n > 0 && !error; n--)
        error = sys_renameat(log->dir, name_of(log, n - 1).chars, name_of(log, n).chars);
    // The user may have removed or renamed the file: then its place is free already.
    if (error && error != -ENOENT)
        return error;
    sys_close(log->file);
    log->file = -1;
    return open_file(log);
}

static void append(struct log *log, const char *from, size_t length)
{
    while (length > 0) {
        uint64_t max = log->rule->max_bytes;
        size_t part = length < max ? length : (size_t)max;
        long n = log->file < 0 ? open_file(log) : 0;
        if (n == 0 && log->size > 0 && (log->size >= max || part > max - log->size))
            n = rotate(log);
        if (n == 0)
            n = file_write(log->file, from, part);
        if (n <= 0) {
            log_dropped_bytes += length;
            return;
        }
        log->size += (uint64_t)n;
        from += n;
        length -= (size_t)n;
    }
}

long log_carry(struct log *log)
{
    static char buffer[4096];
    long n = sys_read(log->pipe, buffer, sizeof buffer);
    if (n > 0) {
        append(log, buffer, (size_t)n);
    } else if (n != -EAGAIN && n != -EINTR) {
        sys_close(log->pipe);
        log->pipe = -1;
    }
    return n;
}

void log_finish(void)
{
    for (struct log *log = logs; log < logs + 2; log++) {
        // A survivor may go on writing for ever; what the pipe can hold is all that was there.
        long left = log->pipe < 0 ? 0 : sys_fcntl(log->pipe, F_GETPIPE_SZ, 0);
        for (long n = 1; n > 0 && left > 0; left -= n)
            n = log_carry(log);
    }
}
