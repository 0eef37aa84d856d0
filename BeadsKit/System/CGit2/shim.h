#ifndef BEADS_CGIT2_H
#define BEADS_CGIT2_H
/* Types and constants only: the functions are looked up in the library when it is loaded. */
#include <git2.h>
#include <git2/sys/merge.h>

/* git_libgit2_opts is variadic, which Swift cannot import; `function` is its address. */
static inline int beads_git_set_option(void *function, int option, int value) {
  return ((int (*)(int, ...))function)(option, value);
}
/* Extensions that change nothing for what is done here: where checkouts keep settings, and what may be missing. */
static inline int beads_git_allow_extensions(void *function) {
  const char *names[] = {"worktreeconfig", "partialclone", "preciousobjects"};
  return ((int (*)(int, ...))function)(GIT_OPT_SET_EXTENSIONS, names, (size_t)3);
}
#endif
