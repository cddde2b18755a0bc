// The fork server: an executor-launcher that is no launcher itself but makes those of its holder's runs,
// each by a clone(2) of a process that has almost no memory and is in the launchers' cgroup already. It
// keeps nothing of any run: its death costs the holder the start of another.
#ifndef FORKSERVER_H
#define FORKSERVER_H

#include <stdbool.h>

// What a launcher's holder has put there.
#define CONTROL 3
#define LOCK_FILE 4

// Whether the program was started to be one: argv is its name, "fork-server", blanks (as many as a
// launcher's own arguments may take), the launchers' cgroup2 or "", and their v1 `tasks`.
bool fork_server_is_asked_for(char **argv);

// Serves who holds the other end of CONTROL, and ends with it. The first answer is its pid, or a
// negative errno when it cannot enter the cgroups. A request is the arguments that a launcher is to
// show, and five descriptors: its control socket, the lock file, stdin, stdout and stderr. The launcher
// itself answers on that control socket with its pid; when there is to be none, a negative errno.
//
// Returns in each launcher, which has the first two descriptors in their places.
void fork_server(char **argv);

#endif
