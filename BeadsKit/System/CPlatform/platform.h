#ifndef BEADS_CPLATFORM_H
#define BEADS_CPLATFORM_H
/* Swift's Glibc module is built without _GNU_SOURCE; these are the calls it hides that we need. */
#include <stddef.h>
#include <sys/types.h>
#include <sys/stat.h>
#include <stdio.h>

#if defined(__linux__)
#include <spawn.h>
extern ssize_t copy_file_range(int in, off_t *in_offset, int out, off_t *out_offset, size_t length,
                               unsigned flags);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
extern int pipe2(int fds[2], int flags);
extern int memfd_create(const char *name, unsigned flags);
extern int renameat2(int old_dir, const char *old_path, int new_dir, const char *new_path, unsigned flags);
#endif

/* Two files swap their names in one step; -1 with EINVAL or ENOSYS where the file system cannot. */
static inline int beads_exchange(const char *a, const char *b) {
#if defined(__linux__)
  return renameat2(-100 /* AT_FDCWD */, a, -100, b, 2 /* RENAME_EXCHANGE */);
#else
  return renamex_np(a, b, 2 /* RENAME_SWAP */);
#endif
}

/* As rename(2), but fails with EEXIST when the new name is taken. */
static inline int beads_rename_new(const char *from, const char *to) {
#if defined(__linux__)
  return renameat2(-100, from, -100, to, 1 /* RENAME_NOREPLACE */);
#else
  return renamex_np(from, to, 4 /* RENAME_EXCL */);
#endif
}

/* Locks owned by the open file, not the process, so that threads and closed descriptors cannot lose them. */
#if defined(__APPLE__)
enum { BEADS_OFD_SETLK = 90, BEADS_OFD_GETLK = 92 };
#else
enum { BEADS_OFD_SETLK = 37, BEADS_OFD_GETLK = 36 };
#endif

/* `environ` is a mutable global, which Swift 6 refuses to read. */
extern char **environ;
static inline char **beads_environ(void) { return environ; }

/* Nanosecond file times are nested struct members behind macros. */
static inline long long beads_mtime_ns(const struct stat *s) {
#if defined(__APPLE__)
  return (long long)s->st_mtimespec.tv_sec * 1000000000LL + s->st_mtimespec.tv_nsec;
#else
  return (long long)s->st_mtim.tv_sec * 1000000000LL + s->st_mtim.tv_nsec;
#endif
}
/* The kind of file system a path is on, or -1. */
#if defined(__linux__)
#include <sys/vfs.h>
static inline long long beads_filesystem_kind(const char *path) {
  struct statfs info;
  return statfs(path, &info) == 0 ? (long long)(unsigned)info.f_type : -1;
}
#else
#include <sys/param.h>
#include <sys/mount.h>
/* 0 for a local one, 0x6969 (NFS) for any other. */
static inline long long beads_filesystem_kind(const char *path) {
  struct statfs info;
  if (statfs(path, &info) != 0) return -1;
  return info.f_flags & MNT_LOCAL ? 0 : 0x6969;
}
#endif
#endif
