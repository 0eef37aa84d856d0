#ifndef BEADS_CGIT2_H
#define BEADS_CGIT2_H
/* Types and constants only: the functions are looked up in the library when it is loaded. */
#include <git2.h>
#include <git2/sys/merge.h>
#endif
