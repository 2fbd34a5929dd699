/** A small plan to journal, a disk that can be full, and processes that can die. */
import type { ProcessId } from '../../src/journal/entries.ts';
import type { Files } from '../../src/journal/files.ts';
import type { Beginning } from '../../src/journal/journal.ts';
import type { Processes } from '../../src/journal/process.ts';
import type { Plan, Request, Step } from '../../src/operations/contract.ts';

export const at = Date.parse('2026-11-21T02:00:00Z');

export const request: Request = {
  operation: 'scale',
  targets: [{ kind: 'deployment', uid: 'uid-md', name: 'prod-workers' }],
  values: { replicas: '2' },
};

export function step(id: string, more: Partial<Step> = {}): Step {
  return {
    id,
    title: `Mark ${id}`,
    why: 'it was asked for',
    write: {
      verb: 'patch',
      kind: 'machine',
      name: id,
      type: 'merge',
      body: { metadata: { annotations: { 'cluster.x-k8s.io/delete-machine': 'true' } } },
      seen: { uid: `uid-${id}`, resourceVersion: '7' },
    },
    diff: [{ path: '/metadata/annotations/cluster.x-k8s.io~1delete-machine', to: 'true' }],
    ...more,
  };
}

export function planOf(...steps: Step[]): Plan {
  return {
    title: 'Remove two machines',
    checks: [],
    steps,
    expected: [],
    severity: 'destructive',
    confirm: ['prod-workers'],
    undo: 'It cannot be taken back.',
    memo: { group: 'uid-md' },
  };
}

export function beginning(plan = planOf(step('a'), step('b')), more: Partial<Beginning> = {}): Beginning {
  return {
    user: { os: 'oncall', kubernetes: 'jane' },
    context: 'prod',
    server: 'api.dc1.example:6443',
    namespace: 'cpaas-system',
    request,
    plan,
    rehearsed: [],
    ...more,
  };
}

/** Files in memory. `fail` makes the next appends, or all creations, throw. */
export class MemoryFiles implements Files {
  readonly texts = new Map<string, string>();
  /** Error codes of the appends to come; undefined: that one succeeds. */
  readonly failing: (string | undefined)[] = [];
  denied: string | undefined;

  async prepare(): Promise<void> {
    if (this.denied) throw failure(this.denied);
  }

  async list(folder: string): Promise<string[]> {
    return [...this.texts.keys()].map((path) => path.slice(folder.length + 1)).sort();
  }

  async read(path: string): Promise<string> {
    const text = this.texts.get(path);
    if (text === undefined) throw failure('ENOENT');
    return text;
  }

  async create(path: string) {
    if (this.texts.has(path)) throw failure('EEXIST');
    this.texts.set(path, '');
    return this.#appender(path);
  }

  async open(path: string) {
    if (!this.texts.has(path)) throw failure('ENOENT');
    return this.#appender(path);
  }

  #appender(path: string) {
    return {
      append: async (text: string) => {
        const code = this.failing.shift();
        if (code) {
          // As a full disk leaves it: a part of the line.
          this.texts.set(path, this.texts.get(path) + text.slice(0, Math.floor(text.length / 2)));
          throw failure(code);
        }
        this.texts.set(path, this.texts.get(path) + text);
      },
      close: async () => {},
    };
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** A process of a host whose processes die when a test says so. */
export class MemoryProcesses implements Processes {
  readonly self: ProcessId;
  readonly gone: Set<number>;

  constructor(pid: number, gone: Set<number> = new Set(), host = 'jump') {
    this.self = { host, pid };
    this.gone = gone;
  }

  isGone({ host, pid }: ProcessId): boolean {
    return host === this.self.host && this.gone.has(pid);
  }
}
