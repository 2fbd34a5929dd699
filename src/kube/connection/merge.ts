import { LineCounter, parseDocument } from 'yaml';
import { ConnectionProblem } from './problem.ts';

/** One entry of `clusters`, `contexts` or `users`, and the file it came from: its relative paths belong there. */
export interface Entry {
  readonly value: Readonly<Record<string, unknown>>;
  readonly file: string;
  /** The same file names it more than once; kubectl refuses such a file. */
  readonly ambiguous: boolean;
}

/** Several kubeconfig files read as one. */
export interface MergedKubeconfig {
  readonly files: readonly string[];
  readonly currentContext?: string;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
}

/** A kubeconfig file that was read. */
export interface KubeconfigFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Merges kubeconfig files the way kubectl does (client-go, `ClientConfigLoadingRules.Load`): the first file that has an
 * entry of a name gives all of it, and the first file that sets `current-context` decides.
 * @throws ConnectionProblem when a file is not a kubeconfig
 */
export function mergeKubeconfigs(files: readonly KubeconfigFile[]): MergedKubeconfig {
  const clusters = new Map<string, Entry>();
  const contexts = new Map<string, Entry>();
  const users = new Map<string, Entry>();
  let currentContext: string | undefined;
  for (const file of files) {
    const content = parse(file);
    const current = content['current-context'];
    if (!currentContext && typeof current === 'string') currentContext = current;
    add(clusters, content['clusters'], 'cluster', file.path);
    add(contexts, content['contexts'], 'context', file.path);
    add(users, content['users'], 'user', file.path);
  }
  return {
    files: files.map((file) => file.path),
    currentContext: currentContext || undefined,
    clusters,
    contexts,
    users,
  };
}

function parse({ path, text }: KubeconfigFile): Record<string, unknown> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error) {
    // The parser's message quotes the line, which may hold a token.
    const { line } = lines.linePos(error.pos[0]);
    throw new ConnectionProblem(`The kubeconfig ${path} is not valid YAML at line ${line}`, 'correct that line');
  }
  let content: unknown;
  try {
    content = document.toJS();
  } catch {
    throw new ConnectionProblem(`The kubeconfig ${path} is not usable YAML`, 'remove its aliases');
  }
  if (content === null || content === undefined) return {};
  if (!isObject(content)) {
    throw new ConnectionProblem(`The file ${path} is not a kubeconfig`, 'name another with --kubeconfig or KUBECONFIG');
  }
  return content;
}

function add(into: Map<string, Entry>, list: unknown, kind: string, file: string): void {
  if (!Array.isArray(list)) return;
  for (const item of list) {
    if (!isObject(item) || typeof item['name'] !== 'string') continue;
    const name = item['name'];
    const known = into.get(name);
    if (known) {
      if (known.file === file) into.set(name, { ...known, ambiguous: true });
      continue;
    }
    const value = item[kind];
    into.set(name, { value: isObject(value) ? value : {}, file, ambiguous: false });
  }
}

/** Whether a value is an object with keys, and not an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
