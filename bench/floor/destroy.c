// destroy kill|freezer|loop N|bomb DIR…: the floor under an end: the cgroup DIR… (the last in a
// cgroup2 tree) gets N sleeping processes, or a fork bomb that has filled pids.max = 2000. Measured
// is what nobody can do without: the kill, and rmdir until the kernel lets go.
#include "floor.h"
#include "victims.h"

static const char *how, *whom;
static int dirs;
static char **dir;

static const char *dir_with(const char *name)
{
    char path[4096];
    for (int i = 0; i < dirs; i++) {
        snprintf(path, sizeof path, "%s/%s", dir[i], name);
        if (access(path, F_OK) == 0)
            return dir[i];
    }
    fail(name);
    return NULL;
}

// Returns how many there are, and sends `signal_number` to each unless it is 0.
static int each_process(const char *in, int signal_number)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/cgroup.procs", in);
    FILE *list = fopen(path, "re");
    int pid, count = 0;
    if (!list)
        fail(path);
    while (fscanf(list, "%d", &pid) == 1) {
        count++;
        if (signal_number)
            kill(pid, signal_number);
    }
    fclose(list);
    return count;
}

static void wait_frozen(const char *in)
{
    char path[4096], state[32];
    snprintf(path, sizeof path, "%s/freezer.state", in);
    while (1) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t length = read(fd, state, sizeof state);
        close(fd);
        if (length >= 6 && memcmp(state, "FROZEN", 6) == 0)
            return;
        usleep(100);
    }
}

static void kill_all(void)
{
    if (!strcmp(how, "kill")) {
        write_file(dir_with("cgroup.kill"), "cgroup.kill", "1");
    } else if (!strcmp(how, "freezer")) {
        const char *freezer = dir_with("freezer.state");
        write_file(freezer, "freezer.state", "FROZEN");
        wait_frozen(freezer);
        each_process(freezer, SIGKILL);
        write_file(freezer, "freezer.state", "THAWED");
    } else {
        const char *pids = dir_with("pids.max");
        while (each_process(pids, SIGKILL))
            ;
    }
}

static void populate(int count)
{
    // A nursery in the cgroups forks them all, as a command would, and they are its children.
    int into = open(dir[dirs - 1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    pid_t nursery = fork_into(into, 0);
    if (nursery < 0)
        fail("clone3");
    if (nursery == 0) {
        for (int i = 0; i < dirs - 1; i++)
            try_write(dir[i], "tasks", "0");
        if (strcmp(whom, "bomb"))
            crowd(count);
        bomb();
    }
    close(into);
    const char *pids = dir_with("pids.max");
    while (each_process(pids, 0) < count)
        usleep(1000);
}

static double once(const char *line)
{
    (void)line;
    int count = strcmp(whom, "bomb") ? atoi(whom) : 2000;
    for (int i = 0; i < dirs; i++)
        if (mkdir(dir[i], 0755))
            fail(dir[i]);
    write_file(dir_with("pids.max"), "pids.max", "2000");
    populate(count);
    double start = now();
    kill_all();
    for (int i = 0; i < dirs; i++)
        remove_patiently(dir[i]);
    double took = now() - start;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    return took;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    how = argv[1];
    whom = argv[2];
    dirs = argc - 3;
    dir = argv + 3;
    serve(once);
    return 0;
}
