#ifndef BEADS_CSQLITE_H
#define BEADS_CSQLITE_H
#include <sqlite3.h>

/* sqlite3_db_config is variadic, which Swift cannot import. */
static inline int beads_sqlite3_db_config_int(sqlite3 *db, int op, int value) {
  return sqlite3_db_config(db, op, value, (int *)0);
}

/* SQLITE_TRANSIENT and SQLITE_STATIC are casts, which Swift cannot import. */
static inline int beads_sqlite3_bind_text_static(sqlite3_stmt *s, int i, const char *p, int n) {
  return sqlite3_bind_text(s, i, p, n, SQLITE_STATIC);
}
static inline int beads_sqlite3_bind_text_copy(sqlite3_stmt *s, int i, const char *p, int n) {
  return sqlite3_bind_text(s, i, p, n, SQLITE_TRANSIENT);
}
static inline int beads_sqlite3_bind_blob_copy(sqlite3_stmt *s, int i, const void *p, int n) {
  return sqlite3_bind_blob(s, i, p, n, SQLITE_TRANSIENT);
}
static inline void beads_sqlite3_result_text_copy(sqlite3_context *c, const char *p, int n) {
  sqlite3_result_text(c, p, n, SQLITE_TRANSIENT);
}
static inline void beads_sqlite3_result_blob_copy(sqlite3_context *c, const void *p, int n) {
  sqlite3_result_blob(c, p, n, SQLITE_TRANSIENT);
}
#endif
