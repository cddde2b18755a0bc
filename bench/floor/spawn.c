// spawn COMMAND…: times a whole command, from fork to its end. What it prints goes to stderr.
#include "floor.h"
#include <spawn.h>

extern char **environ;
static char **command;

static double once(const char *line)
{
    (void)line;
    pid_t pid;
    int status;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    double start = now();
    if (posix_spawnp(&pid, command[0], &actions, NULL, command, environ))
        fail(command[0]);
    if (waitpid(pid, &status, 0) < 0)
        fail("waitpid");
    double took = now() - start;
    posix_spawn_file_actions_destroy(&actions);
    if (status) {
        fprintf(stderr, "spawn: %s ended with status 0x%x\n", command[0], status);
        exit(1);
    }
    return took;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    command = argv + 1;
    serve(once);
    return 0;
}
