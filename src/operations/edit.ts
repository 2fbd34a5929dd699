/** Edits one object field by field: the JSON patch that does it, what differs for the eye, and the object afterwards. */

import { get, rec } from '../domain/read.ts';
import type { JsonPatch, Raw, Step } from './contract.ts';
import { pointer } from './write.ts';

type Path = readonly string[];

/** An edit in the making. */
export interface Edit {
  /** Sets a value where another stands, or none; with its parents where they are missing. */
  set(path: Path, value: unknown, shown?: string): void;
  /** Adds to the end of a list; makes the list where it is missing. */
  append(path: Path, value: unknown, shown: string): void;
  /** A line for the eye: part of what was set. */
  note(path: string, from: unknown, to: unknown): void;
  readonly changes: readonly JsonPatch[];
  readonly diff: Step['diff'];
  /** The object as it is with the changes made. */
  readonly after: Raw;
}

function child(value: unknown, key: string): unknown {
  return Array.isArray(value) ? value[Number(key)] : get(value, key);
}

function nested([key, ...rest]: Path, value: unknown): unknown {
  return key === undefined ? value : { [key]: nested(rest, value) };
}

function put(object: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(object)) return object.map((item, at) => (at === Number(key) ? put(item, rest, value) : item));
  return { ...rec(object), [key]: put(get(object, key), rest, value) };
}

/** Begins an edit of an object as the server sent it, which is not changed. */
export function editOf(raw: Raw): Edit {
  const changes: JsonPatch[] = [];
  const diff: { path: string; from?: unknown; to?: unknown }[] = [];
  let after = raw;
  const at = (path: Path) => path.reduce<unknown>(child, after);
  const edit = {
    changes,
    diff,
    get after() {
      return after;
    },
    set(path: Path, value: unknown, shown = path.join('.')) {
      const from = at(path);
      if (JSON.stringify(from) === JSON.stringify(value)) return;
      if (from !== undefined) {
        changes.push({ op: 'test', path: pointer(...path), value: from });
        changes.push({ op: 'replace', path: pointer(...path), value });
      } else {
        const missing = path.findIndex((_key, depth) => at(path.slice(0, depth + 1)) === undefined);
        changes.push({
          op: 'add',
          path: pointer(...path.slice(0, missing + 1)),
          value: nested(path.slice(missing + 1), value),
        });
      }
      after = put(after, path, value) as Raw;
      if (shown !== '') edit.note(shown, from, value);
    },
    append(path: Path, value: unknown, shown: string) {
      const items = at(path);
      if (!Array.isArray(items)) {
        edit.set(path, [value], '');
      } else {
        changes.push({ op: 'add', path: `${pointer(...path)}/-`, value });
        after = put(after, path, [...items, value]) as Raw;
      }
      edit.note(shown, undefined, value);
    },
    note(path: string, from: unknown, to: unknown) {
      diff.push({ path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
    },
  };
  return edit;
}
