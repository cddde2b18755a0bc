// The door of a detached run: a socket in the run's directory by which a holder that has come back,
// or its successor, takes the control socket's place.
#ifndef DOOR_H
#define DOOR_H

// Opens it as `control` in the directory; returns the listening descriptor or a negative errno.
long door_open(int run_dir);

// Takes who knocks: the new control socket, or a negative errno when nobody does any more.
long door_accept(int door);

#endif
