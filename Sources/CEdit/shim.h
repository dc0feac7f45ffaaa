#include <histedit.h>

/* `el_set` and `history_w` take variable arguments, which Swift cannot pass: one function for each
   use. */

static inline EditLine *edit_open(void) { return el_init("swiftrag", stdin, stderr, stderr); }

static inline int edit_set_data(EditLine *editor, void *data) {
  return el_set(editor, EL_CLIENTDATA, data);
}

static inline void *edit_data(EditLine *editor) {
  void *data = 0;
  el_get(editor, EL_CLIENTDATA, &data);
  return data;
}

/* Text between two characters of value 1 is written as it is and takes no column. */
static inline int edit_set_prompt(EditLine *editor, char *(*prompt)(EditLine *)) {
  return el_set(editor, EL_PROMPT_ESC, prompt, 1);
}

static inline int edit_use_emacs_keys(EditLine *editor) {
  return el_set(editor, EL_EDITOR, "emacs");
}

static inline int edit_set_reader(EditLine *editor, el_rfunc_t reader) {
  return el_set(editor, EL_GETCFN, reader);
}

static inline int edit_bind(EditLine *editor, const char *key, const char *command) {
  return el_set(editor, EL_BIND, key, command, (char *)0);
}

static inline int edit_add_command(
    EditLine *editor, const char *name, const char *help,
    unsigned char (*command)(EditLine *, wint_t)) {
  return el_set(editor, EL_ADDFN, name, help, command);
}

/* Ctrl-C, Ctrl-Z and Ctrl-\ are keys instead of signals. Emptying "intr=" does not last: the editor
   reads the special characters again for each line. */
static inline int edit_take_signals(EditLine *editor) {
  return el_set(editor, EL_SETTY, "-d", "-isig", (char *)0);
}

/* With 0 the terminal is as other programs expect it, with 1 as the editor needs it. */
static inline int edit_prepare_terminal(EditLine *editor, int prepares) {
  return el_set(editor, EL_PREP_TERM, prepares);
}

static inline int edit_refresh(EditLine *editor) { return el_set(editor, EL_REFRESH); }

static inline int edit_use_history(EditLine *editor, HistoryW *history) {
  return el_wset(editor, EL_HIST, history_w, history);
}

static inline int edit_history_limit(HistoryW *history, int count) {
  HistEventW event;
  return history_w(history, &event, H_SETSIZE, count);
}

static inline int edit_history_clear(HistoryW *history) {
  HistEventW event;
  return history_w(history, &event, H_CLEAR);
}

static inline int edit_history_add(HistoryW *history, const wchar_t *line) {
  HistEventW event;
  return history_w(history, &event, H_ENTER, line);
}
