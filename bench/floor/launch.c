// launch DIR…: the floor under a launch: a cgroup in each parent DIR, the limits, a child that is
// born in cgroup2's and enters v1's by itself, /bin/true, its end, and the removal.
// A line "THREADS SECONDS" asks for launches a second instead.
#include "floor.h"
#include <pthread.h>

static int parents;
static char **parent;

struct cgroup {
    char dir[16][512];
};

static void limit(const char *dir)
{
    int v2 = access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0;
    if (v2) {
        write_file(dir, "cpu.weight", "20");
        write_file(dir, "cpu.max", "50000 100000");
        write_file(dir, "memory.max", "67108864");
        write_file(dir, "pids.max", "100");
    } else if (is_in(dir, "cpu")) {
        write_file(dir, "cpu.shares", "512");
        write_file(dir, "cpu.cfs_quota_us", "50000");
    } else if (is_in(dir, "memory")) {
        write_file(dir, "memory.limit_in_bytes", "67108864");
    } else if (is_in(dir, "pids")) {
        write_file(dir, "pids.max", "100");
    }
}

static void launch(int thread, int number)
{
    struct cgroup own;
    int into = -1;
    for (int i = 0; i < parents; i++) {
        snprintf(own.dir[i], sizeof own.dir[i], "%s/floor-%d-%d-%d", parent[i], getpid(), thread, number);
        if (mkdir(own.dir[i], 0755))
            fail(own.dir[i]);
        limit(own.dir[i]);
        char kill_file[600];
        snprintf(kill_file, sizeof kill_file, "%s/cgroup.kill", own.dir[i]);
        if (access(kill_file, F_OK) == 0)
            into = open(own.dir[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    pid_t pid = fork_into(into, CLONE_VFORK);
    if (pid < 0)
        fail("clone3");
    if (pid == 0) {
        setsid();
        for (int i = 0; i < parents; i++)
            if (into < 0 || i < parents - 1)
                try_write(own.dir[i], "tasks", "0");
        char *command[] = {"/bin/true", NULL};
        char *environment[] = {NULL};
        execve(command[0], command, environment);
        _exit(127);
    }
    int status;
    if (waitpid(pid, &status, 0) < 0 || status)
        fail("/bin/true");
    if (into >= 0)
        close(into);
    for (int i = 0; i < parents; i++)
        remove_patiently(own.dir[i]);
}

static volatile double deadline;

static void *launch_until(void *thread)
{
    intptr_t count = 0;
    while (now() < deadline)
        launch((int)(intptr_t)thread, (int)count++);
    return (void *)count;
}

static double once(const char *line)
{
    int threads = 0;
    double seconds = 0;
    if (sscanf(line, "%d %lf", &threads, &seconds) != 2) {
        double start = now();
        launch(0, 0);
        return now() - start;
    }
    pthread_t thread[64];
    intptr_t all = 0;
    double start = now();
    deadline = start + seconds * 1e6;
    for (intptr_t i = 0; i < threads; i++)
        if (pthread_create(&thread[i], NULL, launch_until, (void *)i))
            fail("pthread_create");
    for (int i = 0; i < threads; i++) {
        void *count;
        pthread_join(thread[i], &count);
        all += (intptr_t)count;
    }
    return (now() - start) / (double)all;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 17)
        return 2;
    parents = argc - 1;
    parent = argv + 1;
    serve(once);
    return 0;
}
