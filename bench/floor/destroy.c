// destroy N DIR...: the floor under ending a run of N sleepers. Makes the cgroup DIR... (the last one in
// a cgroup2 tree), starts N sleeping processes in it, then does what nobody can do without: one
// write to cgroup.kill, and rmdir until the kernel lets go. Prints the milliseconds of that part.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void write_file(const char *dir, const char *name, const char *value)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, value, strlen(value)) < 0)
        fail(path);
    close(fd);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: destroy N DIR...\n");
        return 2;
    }
    int count = atoi(argv[1]);
    char **dirs = argv + 2;
    int last = argc - 3;
    int ready[2];
    if (pipe(ready))
        fail("pipe");
    for (int i = 0; i <= last; i++)
        if (mkdir(dirs[i], 0755))
            fail(dirs[i]);
    // A nursery in the cgroups forks them all, as a command would, and they are its children.
    if (fork() == 0) {
        for (int i = 0; i <= last; i++)
            write_file(dirs[i], i == last ? "cgroup.procs" : "tasks", "0");
        for (int i = 0; i < count - 1; i++)
            if (fork() == 0) {
                pause();
                _exit(0);
            }
        if (write(ready[1], "", 1) != 1)
            fail("write");
        pause();
        _exit(0);
    }
    char byte;
    if (read(ready[0], &byte, 1) != 1)
        fail("read");
    double start = now();
    write_file(dirs[last], "cgroup.kill", "1");
    for (int i = 0; i <= last; i++)
        while (rmdir(dirs[i])) {
            if (errno != EBUSY)
                fail(dirs[i]);
            usleep(100);
        }
    printf("%.1f\n", now() - start);
    return 0;
}
