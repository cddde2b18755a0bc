// What the floors share. Each is a server: for each line on stdin it does its work once and answers
// with one line, the microseconds that it took. So it is as warm as a daemon is, and whoever
// measures can take turns between several of them.
#ifndef FLOOR_H
#define FLOOR_H
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static inline void fail(const char *what)
{
    perror(what);
    exit(1);
}

static inline double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static inline int is_in(const char *path, const char *hierarchy)
{
    char part[64];
    snprintf(part, sizeof part, "/cgroup/%s/", hierarchy);
    return strstr(path, part) != NULL;
}

// Returns -1 where there is no such file.
static inline int try_write(const char *dir, const char *name, const char *value)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    if (write(fd, value, strlen(value)) < 0)
        fail(path);
    close(fd);
    return 0;
}

static inline void write_file(const char *dir, const char *name, const char *value)
{
    if (try_write(dir, name, value))
        fail(name);
}

// A child that is born in the cgroup2 directory `into`, or where we are if that is -1.
static inline pid_t fork_into(int into, uint64_t flags)
{
    struct clone_args args = {.flags = flags, .exit_signal = SIGCHLD};
    if (into >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (uint64_t)into;
    }
    return (pid_t)syscall(SYS_clone3, &args, sizeof args);
}

static inline void remove_patiently(const char *dir)
{
    while (rmdir(dir)) {
        if (errno != EBUSY)
            fail(dir);
        usleep(100);
    }
}

// Calls `once` for each line, with its text.
static inline void serve(double (*once)(const char *line))
{
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        printf("%.3f\n", once(line));
        fflush(stdout);
    }
}
#endif
